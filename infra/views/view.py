"""Writing one read model's file: versions of rows, sums, and how far it is.

A row has one version per event that made it: `event_time` and `source` (that event's
position) order the versions, `position` says since when we know this one. A fact
older than its key's newest version folds the key again from its sources and adds the
versions that it changed.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from domain.events import DomainEvent
from infra.views import queries
from infra.views.history import History, fingerprint
from infra.views.queries import SCHEMA
from infra.views.rows import FOREVER, Rows, micros
from projections.model import Fold

CACHED = 20_000
UNMARKED = 1_000


class _Newest(NamedTuple):
    event_time: int
    source: int
    row: Any


class Mark(NamedTuple):
    """Which log the view follows, how far, and the content of its last event."""

    identity: str
    position: int
    last_event: bytes


class SqliteView(Rows):
    """Written by the runner's thread alone."""

    def __init__(
        self,
        path: Path,
        model: Fold[Any],
        history: History,
        *,
        is_durable: bool = True,
    ) -> None:
        super().__init__(path, model, history)
        self._db = self.connect()
        self._db.execute("PRAGMA journal_mode=WAL")
        sync = "NORMAL" if is_durable else "OFF"
        self._db.execute(f"PRAGMA synchronous={sync}")
        self._db.executescript(SCHEMA)
        self._encode = msgspec.msgpack.Encoder().encode
        self._newest: OrderedDict[str, _Newest] = OrderedDict()
        self._forget()
        self._adds_up = type(model).amounts is not Fold.amounts
        self._last_event: DomainEvent | None = None
        self.position = self._marked = self.mark().position

    def mark(self) -> Mark:
        row = self._db.execute("SELECT identity, position, last_event FROM mark")
        return Mark(*next(row, ("", 0, b"")))

    def start(self, identity: str) -> None:
        """Follow this log from its beginning."""
        mark = Mark(identity, 0, b"")
        self._db.execute("INSERT OR REPLACE INTO mark VALUES (1, ?, ?, ?)", mark)

    def apply(self, events: Sequence[tuple[int, DomainEvent]]) -> None:
        """Fold events, in order of position, and remember how far: one transaction.

        What touches no row needs none: after a crash it is read again, to no effect.
        """
        keyed = [(p, e, dict.fromkeys(self.model.keys(e))) for p, e in events]
        last, self._last_event = events[-1]
        if last - self._marked < UNMARKED and not any(keys for _, _, keys in keyed):
            self.position = last
            return
        with self._transaction():
            for position, each, keys in keyed:
                for key in keys:
                    self._add(key, position, each)
            self._flush()
            update = "UPDATE mark SET position = ?, last_event = ?"
            self._db.execute(update, (last, fingerprint(self._last_event)))
        self.position = self._marked = last

    def finish(self) -> None:
        """Everything into the one file, so that it can be renamed; then close."""
        self._remember_how_far()
        self._connections.close()
        self._db.execute("PRAGMA journal_mode=DELETE")
        self._db.close()

    def _remember_how_far(self) -> None:
        if self.position != self._marked and self._last_event:
            update = "UPDATE mark SET position = ?, last_event = ?"
            self._db.execute(update, (self.position, fingerprint(self._last_event)))
            self._marked = self.position

    def close(self) -> None:
        super().close()
        self._remember_how_far()
        self._db.close()

    def _add(self, key: str, position: int, event: DomainEvent) -> None:
        newest = self._load_newest(key)
        time = micros(event.event_time)
        if newest and time < newest.event_time:
            self._fold_again(key, position, event)
            return
        before = newest.row if newest else None
        row = self.model.fold(before, event)
        self._store(key, time, position, position, row)
        self._add_amounts(time, position, self._step(before, row))
        self._remember(key, _Newest(time, position, row))
        self._note_life(key, time, time, position, row)

    def _fold_again(self, key: str, position: int, event: DomainEvent) -> None:
        """A late fact: folded into what was before it, then what came after it again.

        Where a row comes out as it was, so do all that follow: a scan that is an hour
        late, or a clock that is a century ahead, costs what it changes and no more.
        """
        self._flush()
        time = micros(event.event_time)
        found = self._db.execute(queries.ROW, (key, time, FOREVER)).fetchone()
        old = self.decode(found[0]) if found else None
        row = self.model.fold(old, event)
        self._store(key, time, position, position, row)
        self._add_amounts(time, position, self._step(old, row))
        for at, source, data in self._db.execute(queries.VERSIONS_AFTER, (key, time)):
            ((_, each),) = self.history.at([source])
            before, row = row, self.model.fold(row, each)
            old_before, old = old, self.decode(data)
            change = self._step(before, row)
            change.subtract(self._step(old_before, old))
            self._add_amounts(at, position, change)
            if row == old:
                break
            self._store(key, at, source, position, row)
            self._remember(key, _Newest(at, source, row))
        newest = self._load_newest(key)
        assert newest
        self._note_life(key, time, newest.event_time, position, newest.row)

    def _store(self, key: str, time: int, source: int, position: int, row: Any) -> None:
        self._rows.append((key, time, source, position, self._encode(row)))

    def _step(self, before: Any, row: Any) -> "Counter[tuple[str, int]]":
        """What the step from one row to the next adds, by dimension and column."""
        change: Counter[tuple[str, int]] = Counter()
        if not self._adds_up:
            return change
        for name, amounts in self.model.amounts(row).items():
            change.update({(name, i): amount for i, amount in enumerate(amounts)})
        if before is not None:
            for name, amounts in self.model.amounts(before).items():
                change.subtract({(name, i): amount for i, amount in enumerate(amounts)})
        return change

    def _add_amounts(
        self, time: int, position: int, change: "Counter[tuple[str, int]]"
    ) -> None:
        for name in sorted({name for name, _ in change}):
            amounts = [change[name, column] for column in range(3)]
            if any(amounts):
                self._amounts.append((position, time, name, *amounts))

    def _note_life(
        self, key: str, first: int, last: int, position: int, row: Any
    ) -> None:
        """Open from its first event; closed, at the latest, with its newest one."""
        closed = (last, position) if self.model.is_closed(row) else (None, None)
        earlier = self._lives.get(key)
        first = min(first, earlier[1]) if earlier else first
        self._lives[key] = (key, first, *closed)

    def _flush(self) -> None:
        """What is pending goes in, many rows at a step."""
        self._db.executemany(
            "INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?, ?)", self._rows
        )
        self._db.executemany(
            "INSERT INTO amount VALUES (?, ?, ?, ?, ?, ?)", self._amounts
        )
        self._db.executemany(queries.UPSERT_LIFE, self._lives.values())
        self._forget()

    def _forget(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._amounts: list[tuple[Any, ...]] = []
        self._lives: dict[str, tuple[Any, ...]] = {}

    def _load_newest(self, key: str) -> _Newest | None:
        found = self._newest.get(key)
        if found is None:
            row = self._db.execute(queries.NEWEST, (key,)).fetchone()
            if row:
                found = _Newest(row[0], row[1], self.decode(row[2]))
                self._remember(key, found)
        return found

    def _remember(self, key: str, newest: _Newest) -> None:
        self._newest[key] = newest
        self._newest.move_to_end(key)
        if len(self._newest) > CACHED:
            self._newest.popitem(last=False)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._newest.clear()
            self._forget()
            self._db.execute("ROLLBACK")
            raise
