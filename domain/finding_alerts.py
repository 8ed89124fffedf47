"""Findings become alerts by policy; what a later arrival explains is resolved.

A queue that comes in out of order looks odd for a moment, so a finding is told when it
has stood for a while: seconds, or for a gap as long as a phone may need to send again.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.findings import Finding, Kind, Watch
from domain.values import Reporter

SETTLED_AFTER = timedelta(seconds=10)
GAP_AFTER = timedelta(minutes=15)
EXPLAINED = "自动：后到的记录已说明"


class FindingAlerts:
    """`wanted` is the policies' list of what is to be done."""

    def __init__(self, wanted: dict[str, c.Command], by: Reporter) -> None:
        self._wanted, self._by = wanted, by
        self._watch = Watch()
        self._settling: dict[str, tuple[datetime, Finding]] = {}
        self._raised: dict[str, int] = {}
        self._occurred: dict[str, int] = {}

    def follow(self, event: e.DomainEvent, position: int) -> None:
        if isinstance(event, e.AlertRaised):
            self._note_raised(event.originator_id.partition(":")[2], event.occurrence)
            return
        fresh, explained = self._watch.follow(event, position)
        for identity in explained:
            self._explain(identity)
        for identity, finding in fresh.items():
            is_gap = finding.kind == Kind.SEQUENCE_GAP
            due = event.record_time + (GAP_AFTER if is_gap else SETTLED_AFTER)
            self._settling[identity] = (due, finding)

    def look_at_clocks(self, now: datetime) -> None:
        due = [i for i, (time, _) in self._settling.items() if time <= now]
        for identity in due:
            _, finding = self._settling.pop(identity)
            occurrence = self._occurred.get(identity, 0) + 1
            still_open = self._wanted.pop(f"resolve {identity}", None)
            if isinstance(still_open, c.ResolveAlert):
                self._raised[identity] = still_open.occurrence or 1
            elif identity not in self._raised:
                self._raised[identity] = occurrence
                wish = replace(alert_of(finding, self._by), occurrence=occurrence)
                self._wanted[f"raise {identity}"] = wish

    def _explain(self, identity: str) -> None:
        """Nobody hears of what was explained in time; an alert is resolved.

        What explains it may be explained itself: then it is found, and raised, again.
        """
        self._settling.pop(identity, None)
        occurrence = self._raised.pop(identity, None)
        if self._wanted.pop(f"raise {identity}", None) or occurrence is None:
            return
        self._wanted[f"resolve {identity}"] = c.ResolveAlert(
            by=self._by, alert_id=identity, note=EXPLAINED, occurrence=occurrence
        )

    def _note_raised(self, identity: str, occurrence: int) -> None:
        """Here or on another node."""
        self._occurred[identity] = occurrence
        if self._settling.pop(identity, None):
            self._raised[identity] = occurrence
            self._wanted.pop(f"resolve {identity}", None)


def alert_of(finding: Finding, by: Reporter) -> c.RaiseAlert:
    shown = {"checkpoint": finding.checkpoint, "facts": " ".join(finding.facts)}
    return c.RaiseAlert(
        by=by,
        alert_id=finding.identity,
        kind=finding.kind,
        subject=finding.subject,
        onset_time=finding.onset_time,
        severity=finding.severity,
        details={k: v for k, v in (shown | finding.details).items() if v},
    )
