"""The register of enterprises: who is above scale, who resumed, with what staff."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.values import Sector
from projections.model import Fold, Moment, Views


class EnterpriseRow(msgspec.Struct, frozen=True):
    """`registered_time` bounds that date's register; `resumed_time` is as reported."""

    name: str = ""
    town: str = ""
    sector: Sector = Sector.OTHER
    above_scale: bool = False
    officer: str = ""
    registered_time: datetime | None = None
    resumption: str = ""
    resumed_time: datetime | None = None
    staff_on_site: int = 0
    staff_total: int = 0


class Enterprises(Fold[EnterpriseRow]):
    name = "enterprises"
    row = EnterpriseRow
    kind = "enterprise"

    def fold(self, row: EnterpriseRow | None, event: e.DomainEvent) -> EnterpriseRow:
        row = row or EnterpriseRow()
        match event:
            case e.EnterpriseRegistered():
                return replace(
                    row,
                    name=event.name,
                    town=event.town,
                    sector=event.sector,
                    above_scale=event.above_scale,
                    staff_total=row.staff_total or event.staff_total,
                    registered_time=event.event_time,
                )
            case e.LiaisonAssigned():
                return replace(row, officer=event.officer)
            case e.ResumptionRequested():
                return replace(row, resumption="requested")
            case e.ResumptionApproved():
                return replace(row, resumption="approved")
            case e.ResumptionRefused():
                return replace(row, resumption="refused")
            case e.EnterpriseResumed():
                return replace(row, resumed_time=row.resumed_time or event.event_time)
            case e.StaffReported():
                return replace(
                    row, staff_on_site=event.on_site, staff_total=event.total
                )
            case _:
                return row


class Enterprise(msgspec.Struct, frozen=True):
    code: str
    name: str
    town: str
    officer: str


class EnterpriseBoard(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    enterprises: tuple[Enterprise, ...]


def board(
    views: Views, moment: Moment, now: datetime, officer: str = "", **_: Any
) -> EnterpriseBoard:
    """Whom a liaison officer may name; `officer` narrows to one officer's."""
    view = views["enterprises"]
    found = (
        Enterprise(code, row.name, row.town, row.officer)
        for code, row in sorted(view.rows(moment))
        if row.registered_time and officer in {"", row.officer}
    )
    return EnterpriseBoard(now, str(view.position), tuple(found))
