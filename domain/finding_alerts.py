"""Findings become alerts by policy; what a later arrival explains is resolved.

A queue that comes in out of order looks odd for a moment, so a finding is told when it
has stood for a while: seconds, or for a gap as long as a phone may need to send again.
"""

from collections import Counter
from datetime import datetime, timedelta

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
        self._raised: set[str] = set()
        self._occurred: Counter[str] = Counter()

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
            if identity not in self._raised:
                self._raised.add(identity)
                self._raise(identity, finding)

    def _raise(self, identity: str, finding: Finding) -> None:
        """Unless it is open still, for it was about to be resolved."""
        if not self._wanted.pop(f"resolve {identity}", None):
            self._occurred[identity] += 1
            occurrence = self._occurred[identity]
            self._wanted[f"raise {identity}"] = alert_of(finding, self._by, occurrence)

    def _explain(self, identity: str) -> None:
        """Nobody hears of what was explained in time; an alert is resolved for now."""
        self._settling.pop(identity, None)
        if self._wanted.pop(f"raise {identity}", None):
            self._occurred[identity] -= 1
        elif identity in self._raised:
            occurrence = self._occurred[identity]
            self._wanted[f"resolve {identity}"] = c.ResolveAlert(
                by=self._by, alert_id=identity, note=EXPLAINED, occurrence=occurrence
            )
        self._raised.discard(identity)

    def _note_raised(self, identity: str, occurrence: int) -> None:
        """Here or on another node."""
        self._occurred[identity] = occurrence
        if self._settling.pop(identity, None):
            self._raised.add(identity)
            self._wanted.pop(f"resolve {identity}", None)


def alert_of(finding: Finding, by: Reporter, occurrence: int) -> c.RaiseAlert:
    shown = {"checkpoint": finding.checkpoint, "facts": " ".join(finding.facts)}
    return c.RaiseAlert(
        by=by,
        alert_id=finding.identity,
        kind=finding.kind,
        subject=finding.subject,
        onset_time=finding.onset_time,
        severity=finding.severity,
        occurrence=occurrence,
        details={k: v for k, v in (shown | finding.details).items() if v},
    )
