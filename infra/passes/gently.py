"""Long work in small bursts, so that a thread that serves hardly notices."""

from collections.abc import Iterable, Iterator
from time import sleep
from typing import TypeVar

T = TypeVar("T")
BURST = 32
PAUSE_SECONDS = 0.001
"""A burst takes two to three milliseconds; in the pause others have the interpreter."""


def gently(items: Iterable[T]) -> Iterator[T]:
    for number, item in enumerate(items, start=1):
        yield item
        if number % BURST == 0:
            sleep(PAUSE_SECONDS)
