"""`python -m infra.views.rebuild EVENTS_DB VIEWS NAME`: one read model from the log.

Processes of their own, reading beside whoever writes. Where each stream is a row, two
share the streams and take one after the other: rows come in the order of their file,
and nothing is looked up. The helper's come in parts, each a file that is added while
the next is filled. The new file takes the old one's place when it is whole.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from domain.events import DomainEvent
from infra import whole_file
from infra.event_store import Reader, Share
from infra.event_store.readers import RowInShare
from infra.garbage import collecting_nothing
from infra.mapper import DECODERS, decode
from infra.views import blocks, queries
from infra.views.folder import delete, view_path
from infra.views.history import History, Numbered, fingerprint
from infra.views.view import SqliteView
from projections import READ_MODELS
from projections.model import Fold

PAGE = 5000
PARTS = 4
"""Of the helper's half: the smaller, the sooner is the last of them added."""
WORTH_SHARING = 50_000
"""Events beyond which a second process saves more than it takes to start."""


class Task(NamedTuple):
    """A read model from the log's events up to `last`, into a file at `new`."""

    events_db: Path
    new: Path
    model: Fold[Any]
    last: int

    def part(self, number: int) -> Path:
        """Where the helper puts what it has filled."""
        return self.new.with_name(f"{self.new.name}-{number}")


def rebuild(events_db: Path, folder: Path, model: Fold[Any]) -> Path:
    """The path of the finished file. Raises OSError where a helper failed.

    A helper may outlive who was killed beside it: what it still writes bears a name
    that nobody else uses, and goes with the next rebuild.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = view_path(folder, model)
    for left in folder.glob(f"{target.stem}.new*"):
        left.unlink()
    new = target.with_suffix(f".new{os.getpid()}")
    with closing(Reader(events_db)) as reader:
        last = reader.max_position() or 0
        task = Task(events_db, new, model, last)
        if not model.kind:
            fill(task, task.new, None)
        elif last <= WORTH_SHARING:
            fill(task, task.new, *reader.shares(model.kind, 1))
        else:
            _fill_with_help(task, reader.shares(model.kind, 2 * PARTS))
        _mark(task, History(reader, decode))
    whole_file.settle(task.new)
    delete(target)
    task.new.rename(target)
    whole_file.settle(folder)
    return target


def _fill_with_help(task: Task, shares: Sequence[Share]) -> None:
    """The first half here, and what the helper makes of the other behind it."""
    mine, others = shares[:PARTS], shares[PARTS:]
    command = [sys.executable, "-m", "infra.views.rebuild", str(task.events_db)]
    command += [str(task.new), task.model.name, str(task.last)]
    command += [mine[-1].high, *(share.high for share in others)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as helper:  # noqa: S603
        assert helper.stdout is not None
        fill(task, task.new, Share(mine[0].low, mine[-1].high))
        for number in range(len(others)):
            if not helper.stdout.readline():
                msg = f"a helper could not rebuild {task.model.name}"
                raise OSError(msg)
            _add(task.part(number), task.new)


def help_with(task: Task, cuts: Sequence[str]) -> None:
    """A part for each share between the cuts; one's number is said when it is whole."""
    for number, (low, high) in enumerate(pairwise(cuts)):
        fill(task, task.part(number), Share(low, high))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def fill(task: Task, path: Path, share: Share | None) -> None:
    """A new file with what the share's events make; None: all, as they are in the log.

    That is for rows of more than a stream.
    """
    with (
        closing(Reader(task.events_db, is_mapped=True)) as reader,
        collecting_nothing(),
    ):
        history = History(reader, decode)
        view = SqliteView(path, task.model, history, is_durable=False)
        view.start(reader.identity())
        if share is None:
            for page in _pages(reader, task.last):
                view.apply(page)
        else:
            decoders = {n: DECODERS[name] for n, name in reader.topics().items()}
            for rows in reader.streams(share, task.last, PAGE):
                view.fill(_by_stream(rows, decoders))
        view.finish()


def _pages(reader: Reader, last: int) -> Iterator[list[Numbered]]:
    at = 0
    while rows := [row for row in reader.page(at, PAGE) if row[0] <= last]:
        at = rows[-1][0]
        yield [(row[0], decode(row[3], row[4])) for row in rows]


def _by_stream(
    page: Sequence[RowInShare], decoders: Mapping[int, Callable[[bytes], DomainEvent]]
) -> Iterator[tuple[str, list[Numbered]]]:
    for stream, rows in groupby(page, itemgetter(1)):
        _, _, key = stream.partition(":")
        yield key, [(at, decoders[topic](data)) for at, _, topic, data in rows]


def _add(other: Path, path: Path) -> None:
    """All rows of the other file, which then goes; no key is in both."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(queries.DISPOSABLE)
        db.execute("ATTACH ? AS other", (str(other),))
        for table in queries.MERGED:
            db.execute(f"INSERT INTO {table} SELECT * FROM other.{table}")
        db.execute("DETACH other")
    delete(other)


def _mark(task: Task, history: History) -> None:
    """The file says how far it is, which its parts could not."""
    with closing(sqlite3.connect(task.new, isolation_level=None)) as db:
        db.executescript(queries.DISPOSABLE)
        if task.model.kind:
            blocks.put_in_order(db)
        for position, event in history.at([task.last]):
            mark = (position, fingerprint(event))
            db.execute("UPDATE mark SET position = ?, last_event = ?", mark)


def main(events_db: str, path: str, name: str, last: str = "", *cuts: str) -> None:
    """`path` is the folder of the views; for a helper, with cuts, the new file."""
    (model,) = (found for found in READ_MODELS if found.name == name)
    if cuts:
        help_with(Task(Path(events_db), Path(path), model, int(last)), cuts)
    else:
        rebuild(Path(events_db), Path(path), model)


if __name__ == "__main__":
    main(*sys.argv[1:])
