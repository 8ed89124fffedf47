"""The six-hour record: of any applications, and of a week by issuer (周报)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import fmean, median
from typing import Any

import msgspec

from domain import clocks
from domain.clocks import PROMISE, Times
from projections.calendar import local_day
from projections.gently import gently
from projections.model import Moment, Views
from projections.pass_index import indexed


class Record(msgspec.Struct, frozen=True):
    """The six-hour record of applications requested in a period.

    Median, average: in-hand time of those decided; longest: of all, open ones too.
    `swaps_late` took over thirty minutes.
    """

    asked: int
    decided: int
    breached: int
    same_day: int
    median_minutes: float
    average_minutes: float
    longest_minutes: float
    swaps: int
    swaps_late: int


class IssuerWeek(msgspec.Struct, frozen=True):
    issuer: str
    name: str
    record: Record


class Week(msgspec.Struct, frozen=True):
    """`week` in ISO 8601; days by the county's calendar, Monday first."""

    now: datetime
    position: str
    week: str
    first_day: date
    last_day: date
    issuers: tuple[IssuerWeek, ...]
    total: Record


def record(times: Iterable[Times], now: datetime) -> Record:
    """Of those whose pass was asked for."""
    asked = [each for each in gently(times) if each.requested_time]
    spans = [(t, clocks.in_hand(t, now)) for t in gently(asked)]
    decided = [(t, span) for t, span in spans if t.decided_time]
    swaps = [(t, span) for t, span in spans if t.is_swap]
    spent = [minutes(span) for _, span in gently(decided)]
    return Record(
        asked=len(asked),
        decided=len(decided),
        breached=sum(span > PROMISE for _, span in spans),
        same_day=sum(_is_same_day(t) for t, _ in gently(decided)),
        median_minutes=median(spent) if spent else 0,
        average_minutes=round(fmean(spent), 1) if spent else 0,
        longest_minutes=max((minutes(span) for _, span in gently(spans)), default=0),
        swaps=len(swaps),
        swaps_late=sum(span > clocks.promise(t) for t, span in swaps),
    )


def week_board(
    views: Views, moment: Moment, now: datetime, week: str = "", **_: Any
) -> Week:
    """The week of `now` unless another is named; every issuer has its line."""
    first = _monday(week) if week else _monday_of(local_day(now))
    last = first + timedelta(days=6)
    year, number, _day = first.isocalendar()
    name = f"{year}-W{number:02d}"
    times = [(r.issuer, r.times) for _, r in indexed(views, moment, "week", name)]
    names = _issuers(views, moment)
    known = sorted({*names, *(issuer for issuer, _ in times)})
    return Week(
        now=now,
        position=str(views["pass_desk"].position),
        week=name,
        first_day=first,
        last_day=last,
        issuers=tuple(
            IssuerWeek(
                issuer,
                names.get(issuer, issuer),
                record((own for whose, own in times if whose == issuer), now),
            )
            for issuer in known
        ),
        total=record((each for _, each in times), now),
    )


def minutes(span: timedelta) -> float:
    return round(span.total_seconds() / 60, 1)


def _issuers(views: Views, moment: Moment) -> dict[str, str]:
    rows = views["register"].rows(moment, prefix="issuer:")
    return {key.partition(":")[2]: row.name for key, row in rows}


def _monday(week: str) -> date:
    """Raises ValueError unless `week` looks like 2020-W07 and there is such a week."""
    year, _, number = week.partition("-W")
    if not (year.isdecimal() and number.isdecimal()):
        msg = "A week looks like 2020-W07"
        raise ValueError(msg)
    return date.fromisocalendar(int(year), int(number), 1)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _is_same_day(times: Times) -> bool:
    """Decided on the day it was asked, by the county's calendar."""
    asked, decided = times.requested_time, times.decided_time
    return bool(asked and decided and local_day(asked) == local_day(decided))
