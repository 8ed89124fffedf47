"""The garbage collector stops every thread while it looks for cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collecting_nothing() -> Iterator[None]:
    """For long work without cycles: looking for some took a quarter of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def freeze_what_stays() -> None:
    """Modules and settings are not gone through again: now and then, for 50 ms."""
    gc.collect()
    gc.freeze()
