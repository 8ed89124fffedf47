"""One tail per file in a process, however many recorders share it."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from infra.event_store.index import Index
from infra.event_store.local_log import LocalLog
from infra.event_store.log import Log
from infra.event_store.patience import patiently
from infra.event_store.readers import Reader
from infra.event_store.tail import Tail
from infra.garbage import collecting_nothing


class Store(NamedTuple):
    """What recorders of one file share."""

    path: Path
    tail: Tail
    reader: Reader


OpenLog = Callable[[bool], Log]
"""Opens the log; told whether the file is new, so that a log may be made for it."""

Progress = Callable[[int, int], None]
"""Told now and then the next offset to be applied, and where it is to end."""


def silent(_done: int, _end: int) -> None: ...


_open: dict[Path, tuple[Store, int]] = {}
_lock = Lock()


def acquire(
    path: Path,
    open_log: OpenLog | None = None,
    progress: Progress = silent,
    patience_seconds: float = 0,
) -> Store:
    """The open store of this file; `release` it as often as it was acquired.

    Without `open_log` the file is the log. A log that keeps frames is followed to its
    end first, and `progress` told how far that is.
    The writing connection closes last: only then is everything in the one file.
    """
    path = path.absolute()
    with _lock:
        found = _open.get(path)
        store, users = found or (_start(path, open_log, progress, patience_seconds), 0)
        _open[path] = store, users + 1
        return store


def release(store: Store) -> None:
    with _lock:
        _, users = _open[store.path]
        if users > 1:
            _open[store.path] = store, users - 1
            return
        del _open[store.path]
    store.reader.close()
    store.tail.close()


def _start(
    path: Path, open_log: OpenLog | None, progress: Progress, patience_seconds: float
) -> Store:
    if open_log is None:
        index = Index(path)
        log: Log = LocalLog(index.identity, index.head.next_offset)
        return Store(path, Tail(log, index), Reader(path))
    is_new = not path.exists()
    tail = patiently(
        lambda: _follow(open_log(is_new), path, progress), patience_seconds
    )
    return Store(path, tail, Reader(path))


def _follow(log: Log, path: Path, progress: Progress) -> Tail:
    """Closes whatever it opened where it does not come to the log's end."""
    with ExitStack() as opened:
        opened.callback(log.close)
        index = Index(path, log.identity())
        opened.callback(index.close)
        tail = Tail(log, index)
        opened.pop_all()
        opened.callback(tail.close)
        with collecting_nothing():
            tail.wait_for_offset(log.bounds()[1], progress)
        opened.pop_all()
    return tail
