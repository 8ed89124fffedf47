"""Long work in small bursts, so that a thread that serves hardly notices."""

from collections.abc import Iterable, Iterator
from time import perf_counter, sleep
from typing import Any, TypeVar, cast

from projections.model import Moment, Version, View, Views

T = TypeVar("T")
BURST_SECONDS = 0.001
PAUSE_SECONDS = 0.001
"""In the pause others have the interpreter: long work takes twice as long."""


class Bursts:
    """One piece of long work, whatever it reads."""

    def __init__(self) -> None:
        self._since = perf_counter()

    def breathe(self) -> None:
        if perf_counter() - self._since > BURST_SECONDS:
            sleep(PAUSE_SECONDS)
            self._since = perf_counter()


def gently(items: Iterable[T], bursts: Bursts | None = None) -> Iterator[T]:
    bursts = bursts or Bursts()
    for item in items:
        yield item
        bursts.breathe()


def gentle(views: Views) -> Views:
    """The same views for one piece of long work: every row that is read may pause."""
    bursts = Bursts()
    return {n: cast("View", _GentleView(view, bursts)) for n, view in views.items()}


class _GentleView:
    def __init__(self, view: View, bursts: Bursts) -> None:
        self._view, self._bursts = view, bursts

    @property
    def position(self) -> int:
        return self._view.position

    def rows(self, moment: Moment, **more: Any) -> Iterator[tuple[str, Any]]:
        return gently(self._view.rows(moment, **more), self._bursts)

    def row(self, key: str, moment: Moment) -> Any:
        self._bursts.breathe()
        return self._view.row(key, moment)

    def versions(self, key: str, moment: Moment) -> Iterator[Version]:
        return gently(self._view.versions(key, moment), self._bursts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)
