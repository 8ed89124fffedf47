"""The use cases: load the streams a command names, decide, stamp, submit.

`handle` waits for the verdict; `attempt` gives the store's future, so that a route
can await it and a batch can decide all of its items before it awaits any.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple, cast

from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.utils import EnvType

from domain.commands import Command
from domain.decider import Decision
from domain.deciding import Loaded, Seen, decide, stamp
from domain.errors import KeyReusedError
from domain.events import DomainEvent, RequestHandled
from domain.registry import AGGREGATES

TRIES = 8
CACHED_STREAMS = 20_000


class Request(NamedTuple):
    """An idempotent request: sha256(who, key), and the digest of its body."""

    id: str
    digest: str
    status: int = 201

    @property
    def stream(self) -> str:
        return f"request:{self.id}"


class Outcome(NamedTuple):
    """What a command came to. No events and no replay: it was known already."""

    position: int
    events: tuple[DomainEvent, ...] = ()
    replayed: RequestHandled | None = None


class Decided(NamedTuple):
    """What a command comes to on what is known now; not yet written.

    `handled` travels with the events, or alone: what was known already uses up its key.
    """

    events: tuple[DomainEvent, ...] = ()
    handled: tuple[DomainEvent, ...] = ()
    replayed: RequestHandled | None = None

    @property
    def written(self) -> tuple[DomainEvent, ...]:
        return (*self.events, *self.handled)


class Attempt(NamedTuple):
    """One try: what was decided, and the store's verdict to come.

    The future gives the positions of the events, or raises IntegrityError when
    another writer came first (try again), or an OperationalError.
    """

    future: "Future[list[int]]"
    events: tuple[DomainEvent, ...] = ()
    replayed: RequestHandled | None = None

    def outcome(self, positions: list[int]) -> Outcome:
        return Outcome(positions[-1], self.events, self.replayed)


class GreenChannel(Application[str]):
    """Carries out commands; nothing else writes to the log."""

    name = "greenchannel"

    def __init__(
        self, clock: Callable[[], datetime], env: EnvType | None = None
    ) -> None:
        super().__init__(env)
        self.clock = clock
        self._cache: OrderedDict[str, Loaded] = OrderedDict()
        self._lock = Lock()
        self._is_current: Callable[[str, int], bool] = getattr(
            self.recorder, "is_current", lambda *_: False
        )
        self._is_new: Callable[[str], bool] = getattr(
            self.recorder, "is_new", lambda _: False
        )
        self.catch_up: Callable[[], Future[list[int]] | None] = getattr(
            self.recorder, "catch_up", lambda: None
        )

    def handle(self, command: Command, request: Request | None = None) -> Outcome:
        """Carry out `command`; raises GreenChannelError or an OperationalError.

        A race that is lost TRIES times ends as the store's IntegrityError.
        """
        for _ in range(TRIES - 1):
            attempt = self.attempt(command, request)
            try:
                return attempt.outcome(attempt.future.result())
            except IntegrityError:
                continue
        attempt = self.attempt(command, request)
        return attempt.outcome(attempt.future.result())

    def attempt(self, command: Command, request: Request | None = None) -> Attempt:
        """Decide on what is known now and submit; the verdict is in the future."""
        return self.submit([self.decide(command, request)])[0]

    def decide(self, command: Command, request: Request | None = None) -> Decided:
        """What `attempt` would submit now; raises GreenChannelError."""
        if request and (handled := self.state(request.stream)):
            if handled.digest != request.digest:
                msg = "This idempotency key was used with another body"
                raise KeyReusedError(msg)
            return Decided(replayed=handled)
        now = self.clock()
        seen = Seen(self._load)
        decided = decide(seen, command, now)
        events = stamp(seen, command, decided, now) if decided else ()
        if request is None:
            return Decided(events)
        handled = stamp(seen, command, [_handled(request, events)], now)
        return Decided(events, handled)

    def submit(self, decided: Sequence[Decided]) -> list[Attempt]:
        """All at once, each accepted or not for itself: they share a commit."""
        batches = [one.written for one in decided if one.written]
        sent = iter(self._submit(batches))
        settled = self._settled() if len(batches) < len(decided) else None
        return [
            Attempt(settled if settled and not one.written else next(sent), *one[::2])
            for one in decided
        ]

    def would_decide(self, command: Command, request: Request | None = None) -> bool:
        """Raise what `attempt` would raise for it now; False where it was handled.

        For commands that are costly to complete: keys of persons are made only then.
        """
        if request and self.state(request.stream):
            return False
        return bool(decide(Seen(self._load), command, self.clock()))

    def state(self, stream: str) -> Any:
        """The state of a stream as it is now; None where nothing was recorded."""
        return self._load(stream).state

    def _submit(
        self, batches: Sequence[Sequence[DomainEvent]]
    ) -> "list[Future[list[int]]]":
        stored = [list(map(self.mapper.to_stored_event, batch)) for batch in batches]
        if hasattr(self.recorder, "submit_all"):
            return cast("list[Future[list[int]]]", self.recorder.submit_all(stored))
        return [_at_once(self.recorder.insert_events, batch) for batch in stored]

    def _settled(self) -> "Future[list[int]]":
        future: Future[list[int]] = Future()
        future.set_result([self.recorder.max_notification_id() or 0])
        return future

    def _load(self, stream: str) -> Loaded:
        with self._lock:
            cached = self._cache.get(stream)
        if cached is None:
            cached = Loaded()
            if self._is_new(stream):
                return cached
        elif self._is_current(stream, cached.version):
            return cached
        evolve = AGGREGATES[stream.partition(":")[0]].evolve
        loaded = cached
        for event in self.events.get(stream, gt=cached.version or None):
            state = evolve(loaded.state, event)
            loaded = Loaded(event.originator_version, state)
        with self._lock:
            self._cache[stream] = loaded
            self._cache.move_to_end(stream)
            if len(self._cache) > CACHED_STREAMS:
                self._cache.popitem(last=False)
        return loaded


def _handled(request: Request, events: Decision) -> RequestHandled:
    flags: list[str] = sorted({flag for event in events for flag in event.flags})
    names: list[str] = [type(event).__name__ for event in events]
    return RequestHandled(
        originator_id=request.stream,
        digest=request.digest,
        status=request.status,
        result={"events": names, "flags": flags},
    )


def _at_once(
    insert: Callable[[Sequence[StoredEvent]], Sequence[int] | None],
    stored: Sequence[StoredEvent],
) -> "Future[list[int]]":
    """The answer of a recorder that knows no futures: the library's own."""
    future: Future[list[int]] = Future()
    try:
        future.set_result(list(insert(stored) or ()))
    except Exception as error:  # noqa: BLE001 -- delivered where it is awaited
        future.set_exception(error)
    return future
