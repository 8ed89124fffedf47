"""Findings across posts: judged anew from all scans of a day, at any moment.

A scan is a row of its own, found by its true time, so that one that comes in late,
twice or out of order costs no more than any other. What it is judged by (passes, lanes,
posts, phones) are rows by stream. `at` is compared with the true time: a phone's clock
that is a century ahead hides nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from domain import events as e
from domain.findings import Finding, Kind, Scene, Sighting, judge, sighting_of
from domain.findings.rules import LOOK_BACK
from domain.findings.terms import (
    KeyTerms,
    LaneTerms,
    PassTerms,
    PhoneTerms,
    PostTerms,
    counted,
    told,
)
from domain.values import Severity
from projections.calendar import end_of, local_day, start_of
from projections.model import Fold, Moment, View, Views

KINDS = ("pass", "lane", "checkpoint", "device", "access")
NEVER = datetime(1, 1, 1, tzinfo=UTC)


class FindingsRow(msgspec.Struct, frozen=True):
    """A scan, or the terms of a stream that scans are judged by."""

    seen: Sighting | None = None
    terms: PassTerms | LaneTerms | PostTerms | PhoneTerms | KeyTerms | None = None


class Findings(Fold[FindingsRow]):
    name = "findings"
    row = FindingsRow

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        if isinstance(event, e.PassScanned):
            scan = _key(sighting_of(event).time, event.fact_id)
            counts = event.device and event.sequence is not None
            return (scan, f"device:{event.device}") if counts else (scan,)
        kind = event.originator_id.partition(":")[0]
        is_known = kind in KINDS and told(None, event) is not None
        return (event.originator_id,) if is_known else ()

    def fold(self, row: FindingsRow | None, event: e.DomainEvent) -> FindingsRow:
        """A phone's row counts its scans; a scan's own row is made once."""
        terms = row.terms if row else None
        if isinstance(event, e.PassScanned):
            seen = sighting_of(event)
            phone = counted(terms, seen) if seen.device else None
            return FindingsRow(seen, phone)
        return FindingsRow(None, told(terms, event))


class FindingsBoard(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    day: date
    findings: tuple["Found", ...]


class Found(msgspec.Struct, frozen=True):
    """`alert_id` is the alert that the finding becomes."""

    alert_id: str
    kind: Kind
    subject: str
    onset_time: datetime
    severity: Severity
    checkpoint: str
    facts: tuple[str, ...]
    details: dict[str, str]
    count: int


def board(
    views: Views,
    moment: Moment,
    now: datetime,
    day: str = "",
    kind: str = "",
    plate: str = "",
    **_: Any,
) -> FindingsBoard:
    """The findings of a day of the county, today unless it says otherwise."""
    view = views["findings"]
    wanted = date.fromisoformat(day) if day else local_day(now)
    start, end = start_of(wanted), min(end_of(wanted), moment.at or end_of(wanted))
    scene = _scene(view, moment)
    seen = _sightings(view, moment, start - LOOK_BACK, end)
    found = (
        _found(one)
        for one in judge(seen, scene).values()
        if start <= one.onset_time <= end
        and kind in {"", one.kind}
        and plate in {"", one.subject, *_plates(one)}
    )
    ordered = sorted(found, key=lambda one: (one.onset_time, one.alert_id))
    return FindingsBoard(now, str(view.position), wanted, tuple(ordered))


def _scene(view: View, moment: Moment) -> Scene:
    def made(position: int) -> datetime | None:
        return view.recorded_at(position) if position > 0 else NEVER

    scene = Scene(made)
    for kind in KINDS:
        for stream, row in view.rows(moment, prefix=f"{kind}:"):
            if row.terms:
                scene.learn(stream, row.terms)
    return scene


def _sightings(
    view: View, moment: Moment, start: datetime, end: datetime
) -> Iterator[Sighting]:
    anytime = Moment(None, moment.known)
    last = _key(end, "\U0010ffff")
    for key, row in view.rows(anytime, prefix="scan:", since=_key(start, "")):
        if key > last:
            return
        if row.seen and row.seen.time <= end:
            yield row.seen


def _key(time: datetime, fact_id: str) -> str:
    """Sorts as time does."""
    return f"scan:{time.astimezone(UTC):%Y-%m-%dT%H:%M}:{fact_id}"


def _plates(one: Finding) -> list[str]:
    return [one.details.get("plate", ""), *one.details.get("plates", "").split()]


def _found(one: Finding) -> Found:
    return Found(
        one.identity,
        one.kind,
        one.subject,
        one.onset_time,
        one.severity,
        one.checkpoint,
        one.facts,
        one.details,
        one.count,
    )
