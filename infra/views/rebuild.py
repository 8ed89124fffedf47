"""`python -m infra.views.rebuild EVENTS_DB VIEWS NAME`: one read model from the log.

Processes of their own, reading beside whoever writes. Where each stream is a row, two
share the streams and take one after the other: rows come in the order of their file,
and nothing is looked up. The new file takes the old one's place when it is whole.
"""

import gc
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from infra.event_store import Reader, Share
from infra.mapper import DECODERS, decode
from infra.views import queries
from infra.views.folder import delete, view_path
from infra.views.history import History, Numbered, Row, fingerprint
from infra.views.view import SqliteView
from projections import READ_MODELS
from projections.model import Fold

PAGE = 5000
PARTS = 2
WORTH_SHARING = 50_000
"""Events beyond which a second process saves more than it takes to start."""


def rebuild(events_db: Path, folder: Path, model: Fold[Any]) -> Path:
    """The path of the finished file. Raises OSError where a helper failed."""
    folder.mkdir(parents=True, exist_ok=True)
    target = view_path(folder, model)
    with closing(Reader(events_db)) as reader:
        last = reader.max_position() or 0
        shares = _shares(reader, model, last)
        files = [target.with_suffix(f".new{part}") for part in range(len(shares))]
        helpers = [
            _helper(events_db, files[part], model, shares[part], last)
            for part in range(1, len(shares))
        ]
        fill(events_db, files[0], model, shares[0], last)
        if any(helper.wait() for helper in helpers):
            msg = f"a helper could not rebuild {model.name}"
            raise OSError(msg)
        _merge(files, last, History(reader, decode))
    delete(target)
    files[0].rename(target)
    return target


def _shares(reader: Reader, model: Fold[Any], last: int) -> Sequence[Share | None]:
    """None: everything, in the order of the log, for rows of more than a stream."""
    if not model.kind:
        return [None]
    return reader.shares(model.kind, PARTS if last > WORTH_SHARING else 1)


def fill(
    events_db: Path, path: Path, model: Fold[Any], share: Share | None, last: int
) -> None:
    """A new file with what the share's events up to `last` make."""
    delete(path)
    with closing(Reader(events_db, is_mapped=True)) as reader, _collecting_nothing():
        history = History(reader, decode)
        view = SqliteView(path, model, history, is_durable=False)
        view.start(reader.identity())
        if share is None:
            for page in _pages(reader, last):
                view.apply(_decoded(page))
        else:
            for page in reader.streams(share, last, PAGE):
                view.fill(_by_stream(page))
        view.finish()


def _pages(reader: Reader, last: int) -> Iterator[list[Row]]:
    at = 0
    while page := [row for row in reader.page(at, PAGE) if row[0] <= last]:
        at = page[-1][0]
        yield page


def _decoded(page: Iterable[Row]) -> list[Numbered]:
    return [(position, DECODERS[topic](data)) for position, _, _, topic, data in page]


def _by_stream(page: Sequence[Row]) -> Iterator[tuple[str, list[Numbered]]]:
    for stream, rows in groupby(page, itemgetter(1)):
        _, _, key = stream.partition(":")
        yield key, _decoded(rows)


def _helper(
    events_db: Path, path: Path, model: Fold[Any], share: Share | None, last: int
) -> "subprocess.Popen[bytes]":
    assert share is not None
    command = [sys.executable, "-m", "infra.views.rebuild", str(events_db)]
    command += [str(path), model.name, *share, str(last)]
    return subprocess.Popen(command)  # noqa: S603 -- our own module


def _merge(files: Sequence[Path], last: int, history: History) -> None:
    """Everything into the first; no key is in two of them."""
    with closing(sqlite3.connect(files[0], isolation_level=None)) as db:
        db.executescript(queries.DISPOSABLE)
        for other in files[1:]:
            db.execute("ATTACH ? AS other", (str(other),))
            for table in queries.MERGED:
                db.execute(f"INSERT INTO {table} SELECT * FROM other.{table}")
            db.execute("DETACH other")
            delete(other)
        for position, event in history.at([last]):
            mark = (position, fingerprint(event))
            db.execute("UPDATE mark SET position = ?, last_event = ?", mark)


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Events and rows form no cycles; looking for some took a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def main(
    events_db: str, path: str, name: str, low: str = "", high: str = "", last: str = ""
) -> None:
    """`path` is the folder of the views; for a helper, with a share, its file."""
    (model,) = (found for found in READ_MODELS if found.name == name)
    if last:
        fill(Path(events_db), Path(path), model, Share(low, high), int(last))
    else:
        rebuild(Path(events_db), Path(path), model)


if __name__ == "__main__":
    main(*sys.argv[1:])
