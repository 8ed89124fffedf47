"""Follows the log: reads and decodes each page once, for all read models.

A model that fails leaves the round and is retried alone, ever less often; the others
and the writes go on, and its error is logged and stands on /health.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from threading import Condition, Event, Thread
from time import monotonic
from typing import Any, NamedTuple, Protocol

from domain.events import DomainEvent

PAGE = 1000
POLL_SECONDS = 0.5
RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 60.0
_log = logging.getLogger(__name__)


class Source(Protocol):
    """The log as `infra.event_store`'s recorder gives it."""

    def read_page(
        self, gt: int, limit: int
    ) -> Sequence[tuple[int, str, int, str, bytes]]: ...

    def wait_for(self, position_gt: int, timeout: float) -> int: ...

    def listen(self, event: Event) -> None: ...

    def unlisten(self, event: Event) -> None: ...


class Health(NamedTuple):
    position: int
    lag: int
    error: str | None = None


class Runner:
    def __init__(
        self,
        source: Source,
        decode: Callable[[str, bytes], DomainEvent],
        views: Mapping[str, Any],
    ) -> None:
        self._source, self._decode, self._views = source, decode, views
        self._errors: dict[str, str] = {}
        self._retry_at: dict[str, float] = {}
        self._tries: Counter[str] = Counter()
        self._moved, self._woken = Condition(), Event()
        self._is_stopped = False
        self._thread = Thread(target=self._follow, name="runner", daemon=True)

    def start(self) -> None:
        self._source.listen(self._woken)
        self._thread.start()

    def stop(self) -> None:
        self._is_stopped = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()
        self._source.unlisten(self._woken)

    def wait(self, names: Sequence[str], position: int, timeout: float) -> bool:
        """Until these views have applied up to `position`; False when they have not."""
        with self._moved:
            return self._moved.wait_for(
                lambda: all(self._views[n].position >= position for n in names), timeout
            )

    def health(self) -> dict[str, Health]:
        last = self._source.wait_for(-1, 0)
        return {
            name: Health(view.position, last - view.position, self._errors.get(name))
            for name, view in self._views.items()
        }

    def _follow(self) -> None:
        while not self._is_stopped:
            groups: defaultdict[int, list[str]] = defaultdict(list)
            for name, view in self._views.items():
                if self._retry_at.get(name, 0) <= monotonic():
                    groups[view.position].append(name)
            moved = [self._round(*group) for group in groups.items()]
            if not any(moved):
                self._woken.wait(POLL_SECONDS)
                self._woken.clear()

    def _round(self, position: int, names: Sequence[str]) -> bool:
        """One page for the views that stand at `position`; whether one moved."""
        try:
            page = self._source.read_page(position, PAGE)
            events = [(row[0], self._decode(row[3], row[4])) for row in page]
        except Exception as error:  # noqa: BLE001 -- shown on health, tried again
            for name in names:
                self._failed(name, error)
            return False
        if not events:
            return False
        moved = [self._apply(name, events) for name in names]
        with self._moved:
            self._moved.notify_all()
        return any(moved)

    def _apply(self, name: str, events: Sequence[tuple[int, DomainEvent]]) -> bool:
        try:
            self._views[name].apply(events)
        except Exception as error:  # noqa: BLE001 -- shown on health, tried again
            self._failed(name, error)
            return False
        self._errors.pop(name, None)
        self._tries.pop(name, None)
        return True

    def _failed(self, name: str, error: Exception) -> None:
        if self._errors.get(name) != repr(error):
            _log.error("the read model %s stands still", name, exc_info=error)
        self._errors[name] = repr(error)
        self._retry_at[name] = monotonic() + backed_off(self._tries[name])
        self._tries[name] += 1


def backed_off(tries: int) -> float:
    """Twice as long after each try, up to a minute."""
    return float(min(RETRY_SECONDS * 2 ** min(tries, 10), LONGEST_RETRY_SECONDS))
