"""What does it look like, now or then: one file per read model, folds and boards."""

from collections.abc import Callable, Mapping
from typing import Any

from projections import (
    alerts,
    checkpoint_board,
    clearance,
    county_board,
    deliveries,
    delivery_board,
    devices,
    dossiers,
    enterprises,
    findings,
    history,
    live_routes,
    needs,
    papers,
    pass_boards,
    pass_book,
    pass_desk,
    pass_index,
    pass_record,
    phones,
    register,
    signing_keys,
    throughput,
)
from projections.model import Fold

READ_MODELS: tuple[Fold[Any], ...] = (
    alerts.Alerts(),
    checkpoint_board.CheckpointBoard(),
    clearance.Clearance(),
    deliveries.Deliveries(),
    devices.Devices(),
    dossiers.Dossiers(),
    enterprises.Enterprises(),
    findings.Findings(),
    history.History(),
    live_routes.LiveRoutes(),
    needs.Needs(),
    papers.Papers(),
    pass_book.PassBook(),
    pass_desk.PassDesk(),
    pass_index.PassIndex(),
    phones.Phones(),
    register.Register(),
    signing_keys.SigningKeys(),
    throughput.Throughput(),
)
BOARDS: Mapping[str, Callable[..., Any]] = {
    "alerts": alerts.board,
    "applications": pass_boards.applications,
    "checkpoint-board": checkpoint_board.board,
    "clearance": clearance.board,
    "county-board": county_board.board,
    "deliveries": delivery_board.board,
    "devices": devices.board,
    "enterprises": enterprises.board,
    "findings": findings.board,
    "history": history.board,
    "live-routes": live_routes.board,
    "pass-desk": pass_boards.desk,
    "pass-report": pass_record.week_board,
    "phones": phones.board,
    "register": register.board,
}
"""(views, moment, now, **filters) -> Struct; what the API answers.

`now` is when somebody looks: at the moment asked for, never later than it.
"""
