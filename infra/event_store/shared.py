"""One tail per file in a process, however many recorders share it."""

from pathlib import Path
from threading import Lock
from typing import NamedTuple

from infra.event_store.index import Index
from infra.event_store.local_log import LocalLog
from infra.event_store.readers import Reader
from infra.event_store.tail import Tail


class Store(NamedTuple):
    """What recorders of one file share."""

    path: Path
    tail: Tail
    reader: Reader


_open: dict[Path, tuple[Store, int]] = {}
_lock = Lock()


def acquire(path: Path) -> Store:
    """The open store of this file; `release` it as often as it was acquired.

    The writing connection closes last: only then is everything in the one file.
    """
    path = path.absolute()
    with _lock:
        store, users = _open.get(path) or (_start(path), 0)
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


def _start(path: Path) -> Store:
    index = Index(path)
    log = LocalLog(index.identity, index.head.next_offset)
    return Store(path, Tail(log, index), Reader(path))
