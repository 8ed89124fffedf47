"""Which aggregate answers for a stream, and which commands read several streams."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from domain import (
    access,
    alert,
    approval,
    checkpoint,
    device,
    document,
    draft,
    enterprise,
    facts,
    issuer,
    lane,
    need,
    passes,
    person,
    pickup,
    place,
    request,
    road,
    scan,
    shipment,
    vehicle,
)
from domain import commands as c
from domain.decider import Aggregate, Decision

AGGREGATES: Mapping[str, Aggregate] = {
    "access": access.AGGREGATE,
    "alert": alert.AGGREGATE,
    "checkpoint": checkpoint.AGGREGATE,
    "device": device.AGGREGATE,
    "document": document.AGGREGATE,
    "disinfection": facts.AGGREGATE,
    "enterprise": enterprise.AGGREGATE,
    "issuer": issuer.AGGREGATE,
    "lane": lane.AGGREGATE,
    "need": need.AGGREGATE,
    "pass": passes.AGGREGATE,
    "pass-number": request.AGGREGATE,
    "pass-reference": request.AGGREGATE,
    "person": person.AGGREGATE,
    "place": place.AGGREGATE,
    "request": request.AGGREGATE,
    "scan": facts.AGGREGATE,
    "shipment": shipment.AGGREGATE,
    "short-code": request.AGGREGATE,
    "vehicle": vehicle.AGGREGATE,
    "wait": facts.AGGREGATE,
}
"""By the kind of a stream: what stands before its first colon."""

MANY_STREAMS: Mapping[type[c.Command], Callable[[Any, Any, datetime], Decision]] = {
    c.DraftPass: draft.draft,
    c.RequestPass: passes.decide_request,
    c.ApprovePass: approval.approve,
    c.RevokePass: approval.revoke,
    c.ReleasePass: approval.release,
    c.RevealPersons: person.decide_reveal,
    c.RevealDocument: document.decide_reveal,
    c.ErasePassPersons: person.decide_erasure,
    c.PickUpGoods: pickup.pick_up,
    c.ReportDeparture: road.report,
    c.RerouteShipment: road.report,
    c.ChangeCrew: road.report,
    c.RecordScan: scan.record,
    c.ReportWait: scan.report_wait,
}
"""Commands whose decision reads other streams: (load, command, now) -> events."""
