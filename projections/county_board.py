"""The county's figures: resumption, needs, money, the six-hour record, kg and yuan.

A day's report is frozen at the cut-off: what had happened and was known by 16:00.
What was learned later about the same hours is shown beside it as an adjustment.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from domain.need import Status
from domain.values import Instrument
from projections.calendar import cut_off_of, local_day
from projections.enterprises import EnterpriseRow
from projections.model import Moment, Views
from projections.needs import NeedRow
from projections.pass_record import Record, record


class Resumption(msgspec.Struct, frozen=True):
    """复工率: enterprises above scale that reported it ÷ that date's register."""

    resumed: int
    registered: int
    rate_percent: float
    new_today: int
    staff_on_site: int
    staff_total: int


class NeedFigures(msgspec.Struct, frozen=True):
    raised: int
    open: int
    assigned: int
    resolved: int
    resolved_on_site: int
    reopened_or_dissatisfied: int
    loans_cny: float
    bills_cny: float


class Figures(msgspec.Struct, frozen=True):
    """As of a moment; `passes` are those requested on the day, by that moment."""

    resumption: Resumption
    by_town: dict[str, tuple[int, int]]
    by_sector: dict[str, tuple[int, int]]
    needs: NeedFigures
    passes: Record
    cases: int
    mass_kg: float
    amount_cny: float
    communities: int


class CountyBoard(msgspec.Struct, frozen=True):
    """`frozen` is the day's report; `adjusted` what is known of the same hours now."""

    now: datetime
    position: str
    day: str
    figures: Figures
    cut_off_time: datetime
    frozen: Figures | None = None
    adjusted: Figures | None = None


def board(
    views: Views, moment: Moment, now: datetime, day: str = "", **_: Any
) -> CountyBoard:
    """The figures at a moment; with the report of `day` once its cut-off is over."""
    asked = date.fromisoformat(day) if day else local_day(now)
    cut_off = cut_off_of(asked)
    frozen = adjusted = None
    if cut_off <= now:
        known = views["enterprises"].known_at(cut_off)
        known = known if moment.known is None else min(known, moment.known)
        frozen = _figures(views, Moment(cut_off, known), cut_off, asked)
        adjusted = _figures(views, Moment(cut_off, moment.known), cut_off, asked)
    end = now if asked >= local_day(now) else _end(asked)
    return CountyBoard(
        now=now,
        position=str(_position(views)),
        day=asked.isoformat(),
        figures=_figures(views, Moment(end, moment.known), end, asked),
        cut_off_time=cut_off,
        frozen=frozen,
        adjusted=None if adjusted == frozen else adjusted,
    )


def _end(day: date) -> datetime:
    return cut_off_of(day).replace(hour=23, minute=59, second=59)


def _position(views: Views) -> int:
    names = ("enterprises", "needs", "pass_desk", "deliveries")
    return min(views[name].position for name in names)


def _figures(views: Views, moment: Moment, now: datetime, day: date) -> Figures:
    enterprises = [row for _, row in views["enterprises"].rows(moment)]
    needs = [row for _, row in views["needs"].rows(moment)]
    passes = [
        row.times
        for _, row in views["pass_desk"].rows(moment)
        if row.times.requested_time and local_day(row.times.requested_time) == day
    ]
    sums = {p: s for p, s in views["deliveries"].sums(moment).items() if s[0]}
    above = [row for row in enterprises if row.above_scale]
    return Figures(
        resumption=_resumption(above, day),
        by_town=_split((row.town, row) for row in above),
        by_sector=_split((row.sector, row) for row in above),
        needs=_needs(needs),
        passes=record(passes, now),
        cases=sum(cases for cases, _, _ in sums.values()),
        mass_kg=sum(grams for _, grams, _ in sums.values()) / 1000,
        amount_cny=sum(fen for _, _, fen in sums.values()) / 100,
        communities=len(sums),
    )


def _resumption(above: list[EnterpriseRow], day: date) -> Resumption:
    resumed = [row for row in above if row.resumed_time]
    rate = 100 * len(resumed) / len(above) if above else 0.0
    return Resumption(
        resumed=len(resumed),
        registered=len(above),
        rate_percent=round(rate, 1),
        new_today=sum(
            local_day(r.resumed_time) == day for r in resumed if r.resumed_time
        ),
        staff_on_site=sum(row.staff_on_site for row in above),
        staff_total=sum(row.staff_total for row in above),
    )


def _split(
    rows: Iterable[tuple[str, EnterpriseRow]],
) -> dict[str, tuple[int, int]]:
    """Resumed and registered, per town or sector."""
    resumed: Counter[str] = Counter()
    registered: Counter[str] = Counter()
    for name, row in rows:
        registered[name] += 1
        resumed[name] += row.resumed_time is not None
    return {name: (resumed[name], count) for name, count in sorted(registered.items())}


def _needs(needs: list[NeedRow]) -> NeedFigures:
    by_status = Counter(row.status for row in needs)
    done = [n for n in needs if n.status in {Status.RESOLVED, Status.CONFIRMED}]
    return NeedFigures(
        raised=len(needs),
        open=by_status[Status.OPEN],
        assigned=by_status[Status.ASSIGNED],
        resolved=len(done),
        resolved_on_site=sum(row.on_site for row in done),
        reopened_or_dissatisfied=sum(
            row.is_satisfied is False
            or (row.status == Status.OPEN and row.resolved_time is not None)
            for row in needs
        ),
        loans_cny=_sum(done, Instrument.LOAN),
        bills_cny=_sum(done, Instrument.ACCEPTANCE_BILL),
    )


def _sum(needs: Iterable[NeedRow], instrument: Instrument) -> float:
    return sum(row.fen for row in needs if row.instrument == instrument) / 100
