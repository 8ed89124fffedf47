"""What follows from what: passages from scans, alerts from clocks and queues.

No input or output and no clock: the same history gives the same wishes, whatever the
order in which facts arrived. What a policy causes has a deterministic identity, so
that any node may carry it out and a second time changes nothing.
"""

from datetime import datetime

from domain import commands as c
from domain import events as e
from domain.deadline_alerts import DeadlineAlerts
from domain.finding_alerts import FindingAlerts
from domain.passages import POLICY, Passages
from domain.queue_alerts import QueueAlerts


class Policies:
    """Follow every event in the order of the log; `wanted` is what is to be done."""

    def __init__(self) -> None:
        self.wanted: dict[str, c.Command] = {}
        self._passages = Passages(self.wanted)
        self._deadlines = DeadlineAlerts(self.wanted, POLICY)
        self._queues = QueueAlerts(self.wanted, POLICY)
        self._findings = FindingAlerts(self.wanted, POLICY)

    def follow(self, event: e.DomainEvent, position: int = 0) -> None:
        """Take in one event; what time alone has made due by then comes first."""
        self.look_at_clocks(event.record_time)
        self._findings.follow(event, position)
        self._passages.follow(event)
        self._deadlines.follow(event)
        self._queues.follow(event)
        match event:
            case e.AlertRaised():
                self.wanted.pop(f"raise {_alert(event)}", None)
            case e.AlertResolved():
                self.wanted.pop(f"resolve {_alert(event)}", None)
            case _:
                pass

    def look_at_clocks(self, now: datetime) -> None:
        """Raise what has come near its deadline, or missed it, or stays odd."""
        self._findings.look_at_clocks(now)
        self._passages.look_at_clocks(now)
        self._deadlines.look_at_clocks(now)


def _alert(event: e.DomainEvent) -> str:
    return event.originator_id.partition(":")[2]
