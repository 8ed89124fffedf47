"""The library's recorders over one shared tail."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from threading import Event as ThreadEvent
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    DataError,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)

from infra.event_store import shared
from infra.event_store.frame import Batch, check
from infra.event_store.readers import Row
from infra.event_store.subscription import LogSubscription

LAST = 2**62


class StoreRecorder:
    """Ids are text in the file; `is_uuid` says what callers get back."""

    def __init__(self, store: shared.Store, *, is_uuid: bool) -> None:
        self._store, self._is_uuid = store, is_uuid
        self._is_open = True

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            shared.release(self._store)

    def _id(self, name: str) -> Any:
        return UUID(name) if self._is_uuid else name


class EventStoreApplicationRecorder(StoreRecorder, ApplicationRecorder):
    """Writes by `submit`, reads by the thread's own read-only connection."""

    def submit(
        self, stored_events: Sequence[StoredEvent], tracking: Tracking | None = None
    ) -> "Future[list[int]]":
        """Positions to come; the future fails with IntegrityError or an error of ours.

        Raises DataError at once for what cannot be stored.
        """
        return self._store.tail.submit(_batch(stored_events, tracking))

    def submit_all(
        self, batches: Iterable[Sequence[StoredEvent]]
    ) -> "list[Future[list[int]]]":
        """Each for itself, in as few commits as there is room for."""
        found = [_checked(each) for each in batches]
        whole = [one for one in found if isinstance(one, Batch)]
        sent = iter(self._store.tail.submit_all(whole))
        return [next(sent) if isinstance(one, Batch) else one for one in found]

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int]:
        tracking = kwargs.get("tracking")
        if not stored_events and tracking is None:
            return []
        return self._store.tail.insert(_batch(stored_events, tracking))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        name = str(originator_id)
        rows = self._store.reader.stream(name, gt, lte, limit, desc=desc)
        return [StoredEvent(originator_id, *row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        first = 1 if start is None else start + (not inclusive_of_start)
        last = LAST if stop is None else stop
        rows = self._store.reader.notifications(first, last, limit, topics)
        return [
            Notification(self._id(stream), version, topic, state, position)
            for position, stream, version, topic, state in rows
        ]

    def max_notification_id(self) -> int | None:
        return self._store.reader.max_position()

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        return LogSubscription(self, self._store.tail, gt, topics)

    @property
    def stopped(self) -> BaseException | None:
        """Why the log is no longer followed, or None."""
        return self._store.tail.stopped

    def barrier(self) -> None:
        """Afterwards everything written before is visible, or never will be."""
        self._store.tail.insert(Batch(()))

    def catch_up(self) -> "Future[list[int]] | None":
        """Ends when what any node wrote before is applied; None if no other writes."""
        tail = self._store.tail
        return tail.submit(Batch(())) if tail.log.keeps else None

    def read_page(self, gt: int, limit: int) -> list[Row]:
        return self._store.reader.page(gt, limit)

    def read_at(self, positions: Sequence[int]) -> list[Row]:
        return self._store.reader.read_at(positions)

    def is_current(self, stream: str, version: int) -> bool:
        """Whether a state of `version` needs no reading; False where that is unsure."""
        return self._store.tail.index.is_current(stream, version)

    def is_new(self, stream: str) -> bool:
        """Whether nothing was written to the stream; False where that is unsure."""
        return self._store.tail.index.is_new(stream)

    def wait_for(self, position_gt: int, timeout: float) -> int:
        return self._store.tail.wait_for(position_gt, timeout)

    def digest(self) -> tuple[int, bytes]:
        """The last position and the running digest there."""
        head = self._store.tail.index.head
        return head.position, head.digest

    def digest_at(self, position: int) -> bytes | None:
        return self._store.reader.digest_at(position)

    def identity(self) -> str:
        return self._store.tail.index.identity

    def listen(self, event: ThreadEvent) -> None:
        self._store.tail.listen(event)

    def unlisten(self, event: ThreadEvent) -> None:
        self._store.tail.unlisten(event)


class EventStoreTrackingRecorder(StoreRecorder, TrackingRecorder):
    def insert_tracking(self, tracking: Tracking) -> None:
        self._store.tail.insert(_batch((), tracking))

    def max_tracking_id(self, application_name: str) -> int | None:
        return self._store.reader.tracked(application_name)


class EventStoreProcessRecorder(
    EventStoreTrackingRecorder, EventStoreApplicationRecorder, ProcessRecorder
):
    """Events and tracking of one batch are accepted together or not at all."""


def _batch(stored_events: Iterable[StoredEvent], tracking: Tracking | None) -> Batch:
    """Raises DataError for what the file could not hold: later is too late."""
    events = [
        check(str(e.originator_id), e.originator_version, e.topic, e.state)
        for e in stored_events
    ]
    if tracking is None:
        return Batch(events)
    return Batch(events, (tracking.application_name, tracking.notification_id))


def _checked(stored_events: Sequence[StoredEvent]) -> "Batch | Future[list[int]]":
    try:
        return _batch(stored_events, None)
    except DataError as refusal:
        refused: Future[list[int]] = Future()
        refused.set_exception(refusal)
        return refused
