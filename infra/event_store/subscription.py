"""Notifications as they are applied, pushed by the tail: nothing polls."""

from collections.abc import Sequence
from threading import Event
from typing import Protocol

from eventsourcing.persistence import ApplicationRecorder, ListenNotifySubscription


class Announcer(Protocol):
    """Sets the events of those who listen whenever something was applied."""

    def listen(self, event: Event) -> None: ...
    def unlisten(self, event: Event) -> None: ...


class LogSubscription(ListenNotifySubscription[ApplicationRecorder]):
    def __init__(
        self,
        recorder: ApplicationRecorder,
        announcer: Announcer,
        gt: int | None,
        topics: Sequence[str],
    ) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._announcer = announcer
        announcer.listen(self._has_been_notified)
        self._has_been_notified.set()

    def stop(self) -> None:
        super().stop()
        self._announcer.unlisten(self._has_been_notified)
