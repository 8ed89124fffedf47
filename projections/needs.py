"""The ledger of needs: raised, assigned, solved on site or by a unit, with money."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.need import Status
from domain.values import Instrument, NeedCategory
from projections.model import Fold


class NeedRow(msgspec.Struct, frozen=True):
    """Amounts in fen, so that they add up exactly."""

    enterprise: str = ""
    category: NeedCategory | None = None
    summary: str = ""
    status: Status = Status.OPEN
    raised_time: datetime | None = None
    resolved_time: datetime | None = None
    lead_unit: str = ""
    due_time: datetime | None = None
    is_escalated: bool = False
    on_site: bool = False
    fen: int = 0
    instrument: Instrument | None = None
    is_satisfied: bool | None = None


class Needs(Fold[NeedRow]):
    name = "needs"
    row = NeedRow
    kind = "need"

    def fold(self, row: NeedRow | None, event: e.DomainEvent) -> NeedRow:
        row = row or NeedRow()
        match event:
            case e.NeedRaised():
                return replace(
                    row,
                    enterprise=event.enterprise,
                    category=event.category,
                    summary=event.summary,
                    raised_time=event.event_time,
                )
            case e.NeedAssigned():
                return replace(
                    row,
                    status=Status.ASSIGNED,
                    lead_unit=event.lead_unit,
                    due_time=event.due_time,
                )
            case e.NeedEscalated():
                return replace(row, is_escalated=True, lead_unit=event.to_unit)
            case e.NeedResolved():
                return replace(
                    row,
                    status=Status.RESOLVED,
                    resolved_time=event.event_time,
                    on_site=event.on_site,
                    fen=round((event.amount_cny or 0) * 100),
                    instrument=event.instrument,
                )
            case e.NeedConfirmed():
                return replace(
                    row, status=Status.CONFIRMED, is_satisfied=event.satisfied
                )
            case e.NeedReopened():
                return replace(row, status=Status.OPEN, fen=0, is_satisfied=None)
            case _:
                return row
