"""The promise to an applicant becomes an alert: shortly before it is due, and after.

A pass is followed from its request until it is in hand or has come to another end, or
until both alerts are raised; its end resolves what was raised.
"""

from collections import defaultdict
from datetime import datetime
from heapq import heappop, heappush
from typing import NamedTuple

from domain import clocks
from domain import commands as c
from domain import events as e
from domain.alert import alert_id
from domain.clocks import Times
from domain.queue_alerts import OVER
from domain.values import Reporter, Severity

NEAR = 5 / 6
"""Of the promise: an hour before six are over, five minutes before a swap's thirty."""


class Due(NamedTuple):
    """An alert that a pass raises, unless it has come to its end by then."""

    time: datetime
    pass_id: str
    kind: str
    severity: Severity


class DeadlineAlerts:
    """`wanted` is the policies' list of what is to be done."""

    def __init__(self, wanted: dict[str, c.Command], by: Reporter) -> None:
        self._wanted, self._by = wanted, by
        self._times: dict[str, Times] = {}
        self._plates: dict[str, str] = {}
        self._due: list[Due] = []
        self._raised: defaultdict[str, set[str]] = defaultdict(set)

    def follow(self, event: e.DomainEvent) -> None:
        kind, _, pass_id = event.originator_id.partition(":")
        if kind != "pass":
            return
        match event:
            case e.PassDrafted():
                self._times[pass_id] = clocks.evolve(None, event)
            case e.PassRequested():
                self._await(pass_id, event)
            case (
                e.PassCollected()
                | e.PassRefused()
                | e.PassRevoked()
                | e.PassReplaced()
                | e.PassRenewed()
            ):
                self._end(pass_id)
            case _:
                pass

    def look_at_clocks(self, now: datetime) -> None:
        """Raise what has come near its deadline, or missed it."""
        while self._due and self._due[0].time <= now:
            due = heappop(self._due)
            if due.pass_id in self._plates:
                self._raise(due)
                if due.severity == Severity.CRITICAL:
                    del self._plates[due.pass_id]

    def _await(self, pass_id: str, event: e.PassRequested) -> None:
        times = clocks.evolve(self._times.pop(pass_id, None), event)
        start, promise = clocks.deadline(times), clocks.promise(times)
        if start is None:
            return
        begun = start - promise
        what = "swap" if times.is_swap else "pass"
        self._plates[pass_id] = event.plate
        for state, span, severity in (
            ("near", promise * NEAR, Severity.WARNING),
            ("missed", promise, Severity.CRITICAL),
        ):
            kind = f"{what}-deadline-{state}"
            heappush(self._due, Due(begun + span, pass_id, kind, severity))

    def _raise(self, due: Due) -> None:
        identity = alert_id(due.kind, due.pass_id, due.time)
        self._raised[due.pass_id].add(identity)
        self._wanted[f"raise {identity}"] = c.RaiseAlert(
            by=self._by,
            alert_id=identity,
            kind=due.kind,
            subject=due.pass_id,
            onset_time=due.time,
            severity=due.severity,
            details={"plate": self._plates[due.pass_id]},
        )

    def _end(self, pass_id: str) -> None:
        self._times.pop(pass_id, None)
        self._plates.pop(pass_id, None)
        for identity in self._raised.pop(pass_id, ()):
            self._wanted[f"resolve {identity}"] = c.ResolveAlert(
                by=self._by, alert_id=identity, note=OVER
            )
