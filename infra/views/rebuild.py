"""`python -m infra.views.rebuild EVENTS_DB VIEWS NAME`: one read model from the log.

Processes of their own, reading beside whoever writes; where each stream is a row, two
share the streams. The new file takes the place of the old one when it is whole.
"""

import gc
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from infra import mapper
from infra.event_store import Reader, Share
from infra.views import queries
from infra.views.folder import delete, view_path
from infra.views.history import History, fingerprint
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
        parts = PARTS if model.kind and last > WORTH_SHARING else 1
        files = [target.with_suffix(f".new{part}") for part in range(parts)]
        helpers = [
            _helper(events_db, folder, model, part, last) for part in range(1, parts)
        ]
        fill(events_db, files[0], model, Share(model.kind, 0, parts), last)
        if any(helper.wait() for helper in helpers):
            msg = f"a helper could not rebuild {model.name}"
            raise OSError(msg)
        _merge(files, last, History(reader, mapper.decode))
    delete(target)
    files[0].rename(target)
    return target


def fill(
    events_db: Path, path: Path, model: Fold[Any], share: Share, last: int
) -> None:
    """A new file with what the share's events up to `last` make."""
    delete(path)
    with closing(Reader(events_db)) as reader, _collecting_nothing():
        history = History(reader, mapper.decode)
        view = SqliteView(path, model, history, is_durable=False)
        view.start(reader.identity())
        while page := reader.share(view.position, last, PAGE, share):
            view.apply([(row[0], mapper.decode(row[3], row[4])) for row in page])
        view.finish()


def _helper(
    events_db: Path, folder: Path, model: Fold[Any], part: int, last: int
) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "infra.views.rebuild", str(events_db)]
    command += [str(folder), model.name, str(part), str(last)]
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
    events_db: str, folder: str, name: str, part: str = "", last: str = ""
) -> None:
    """With `part` and `last`, as a helper."""
    (model,) = (found for found in READ_MODELS if found.name == name)
    if not part:
        rebuild(Path(events_db), Path(folder), model)
        return
    path = view_path(Path(folder), model).with_suffix(f".new{part}")
    share = Share(model.kind, int(part), PARTS)
    fill(Path(events_db), path, model, share, int(last))


if __name__ == "__main__":
    main(*sys.argv[1:])
