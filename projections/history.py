"""Everything that happened to a shipment, pass, vehicle, enterprise, in order."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from domain import events as e
from domain.decider import LATE_AFTER
from domain.papers import SealedPerson
from projections.model import Fold, Moment, Views

_encode = msgspec.json.Encoder(decimal_format="number").encode
SUBJECTS = frozenset(
    {"shipment", "pass", "vehicle", "enterprise", "need", "lane", "checkpoint", "alert"}
)
STAMPS = frozenset(e.DomainEvent.__struct_fields__) | {"fact_id"}
OF_PASS = (
    e.PersonRevealed,
    e.ErasureRequested,
    e.PersonErased,
    e.DocumentRevealed,
)
"""On streams of their own, and part of what happened to an application."""


class Happened(msgspec.Struct, frozen=True):
    """One event; `what` is its name, `details` its own fields."""

    what: str
    event_time: datetime
    record_time: datetime
    recorded_by: str
    flags: tuple[str, ...]
    details: dict[str, Any]
    fact_id: str = ""


class History(Fold[Happened]):
    name = "history"
    row = Happened

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        if isinstance(event, e.PassScanned | e.VehicleDisinfected):
            return (f"plate:{event.plate}",) if event.plate else ()
        if isinstance(event, OF_PASS):
            return (f"pass:{event.pass_id}",)
        if isinstance(event, e.DocumentErased):
            return [f"pass:{pass_id}" for pass_id in event.passes]
        kind = event.originator_id.partition(":")[0]
        return (event.originator_id,) if kind in SUBJECTS else ()

    def fold(self, row: Happened | None, event: e.DomainEvent) -> Happened:
        _ = row
        names = [n for n in event.__struct_fields__ if n not in STAMPS]
        details = {name: _shown(getattr(event, name)) for name in names}
        return Happened(
            what=type(event).__name__,
            event_time=event.event_time,
            record_time=event.record_time,
            recorded_by=event.recorded_by,
            flags=event.flags,
            details=msgspec.json.decode(_encode(details)),
            fact_id=getattr(event, "fact_id", ""),
        )


def _shown(value: Any) -> Any:
    """A sealed person is their subject here: the text is nobody's history."""
    match value:
        case SealedPerson():
            return {"subject": value.subject}
        case tuple():
            return tuple(map(_shown, value))
    return value


class Line(msgspec.Struct, frozen=True):
    position: str
    what: str
    event_time: datetime
    record_time: datetime
    recorded_by: str
    is_late: bool
    flags: tuple[str, ...]
    details: dict[str, Any]
    fact_id: str


class HistoryBoard(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    subject: str
    events: tuple[Line, ...]


def board(
    views: Views, moment: Moment, now: datetime, subject: str = "", **_: Any
) -> HistoryBoard:
    """`subject` is a stream's name, as shipment:firm.1, or plate:鲁X00001."""
    view = views["history"]
    lines = tuple(
        Line(
            position=str(version.source),
            what=version.row.what,
            event_time=version.row.event_time,
            record_time=version.row.record_time,
            recorded_by=version.row.recorded_by,
            is_late=version.row.record_time - version.row.event_time > LATE_AFTER,
            flags=version.row.flags,
            details=version.row.details,
            fact_id=version.row.fact_id,
        )
        for version in view.versions(subject, moment)
    )
    return HistoryBoard(now, str(view.position), subject, lines)
