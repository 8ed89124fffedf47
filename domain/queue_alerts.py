"""A long queue at a checkpoint becomes one alert, until it is short again.

Each direction has a queue of its own. The newest report tells, by when it was so:
one that arrives late changes nothing, in whatever order they come.
"""

from datetime import datetime

from domain import commands as c
from domain import events as e
from domain.alert import alert_id
from domain.values import Direction, Reporter, Severity

KIND = "checkpoint-wait"
LONG_WAIT_MINUTES = 12
OVER = "自动：已结束"

Queue = tuple[str, str]
"""A checkpoint and a direction."""


class QueueAlerts:
    """`wanted` is the policies' list of what is to be done."""

    def __init__(self, wanted: dict[str, c.Command], by: Reporter) -> None:
        self._wanted, self._by = wanted, by
        self._weighed: dict[Queue, datetime] = {}
        self._open: dict[Queue, str] = {}

    def follow(self, event: e.DomainEvent) -> None:
        match event:
            case e.WaitReported():
                self._weigh(event)
            case e.AlertRaised() if event.kind == KIND:
                self._note_raised(event)
            case e.AlertResolved():
                self._note_resolved(event.originator_id.partition(":")[2])
            case _:
                pass

    def _weigh(self, told: e.WaitReported) -> None:
        queue = told.checkpoint, told.direction
        if told.event_time < self._weighed.get(queue, told.event_time):
            return
        self._weighed[queue] = told.event_time
        if told.wait_minutes >= LONG_WAIT_MINUTES:
            if queue not in self._open:
                self._raise(queue, told)
        elif identity := self._open.pop(queue, None):
            self._wanted[f"resolve {identity}"] = c.ResolveAlert(
                by=self._by, alert_id=identity, note=OVER
            )

    def _raise(self, queue: Queue, told: e.WaitReported) -> None:
        """The way back has a name of its own: both may be long in the same minute."""
        is_back = told.direction == Direction.RETURN
        subject = ":".join(queue) if is_back else told.checkpoint
        identity = self._open[queue] = alert_id(KIND, subject, told.event_time)
        self._wanted[f"raise {identity}"] = c.RaiseAlert(
            by=self._by,
            alert_id=identity,
            kind=KIND,
            subject=told.checkpoint,
            onset_time=told.event_time,
            severity=Severity.WARNING,
            details={"minutes": str(told.wait_minutes), "direction": told.direction},
        )

    def _note_raised(self, event: e.AlertRaised) -> None:
        """Here, on another node, or for another onset: one is open now."""
        identity = event.originator_id.partition(":")[2]
        queue = event.subject, event.details.get("direction", Direction.OUTWARD)
        mine = self._open.get(queue)
        if mine:
            self._wanted.pop(f"raise {mine}", None)
            self._open[queue] = identity

    def _note_resolved(self, identity: str) -> None:
        """By a person: what stays long is a new alert."""
        self._open = {q: one for q, one in self._open.items() if one != identity}
