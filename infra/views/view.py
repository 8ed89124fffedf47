"""Writing one read model's file: versions of rows, sums, and how far it is.

A row has one version per event that made it: `event_time` and `source` (that event's
position) order the versions, `position` says since when we know this one. A fact
older than its key's newest version folds the key again from its sources and adds the
versions that it changed.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from domain.events import DomainEvent
from infra.event_store.schema import insert, insert_values
from infra.views import queries
from infra.views.history import History, Mark, Numbered, fingerprint
from infra.views.queries import DISPOSABLE, DURABLE, SCHEMA
from infra.views.rows import Rows, micros
from projections.model import Fold

CACHED = 20_000
UNMARKED = 1_000


class _Newest:
    """A key's newest version, and when it began; kept up to date in place."""

    __slots__ = ("event_time", "first", "lead", "position", "row")

    def __init__(self, event_time: int, position: int, row: Any) -> None:
        self.first = self.event_time = event_time
        self.position = position
        self.row, self.lead = row, 0


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
        self._db.executescript(DURABLE if is_durable else DISPOSABLE)
        self._db.executescript(SCHEMA)
        encoder = msgspec.msgpack.Encoder()
        self._encode, self._encode_into = encoder.encode, encoder.encode_into
        self._newest: OrderedDict[str, _Newest] = OrderedDict()
        self._rows: list[Any] = []
        self._amounts: list[tuple[Any, ...]] = []
        self._touched: dict[str, _Newest] = {}
        self._adds_up = type(model).amounts is not Fold.amounts
        self._last_event: DomainEvent | None = None
        self.position = self._marked = self.mark().position
        self._holds_all_keys = self.position == 0

    def mark(self) -> Mark:
        row = self._db.execute("SELECT identity, position, last_event FROM mark")
        return Mark(*next(row, ("", 0, b"")))

    def start(self, identity: str) -> None:
        """Follow this log from its beginning."""
        mark = Mark(identity, 0, b"")
        self._db.execute("INSERT OR REPLACE INTO mark VALUES (1, ?, ?, ?)", mark)

    def apply(self, events: Sequence[Numbered]) -> None:
        """Fold events, in order of position, and remember how far: one transaction.

        What touches no row needs none: after a crash it is read again, to no effect.
        """
        keyed: dict[str, list[Numbered]] = {}
        for numbered in events:
            for key in dict.fromkeys(self.model.keys(numbered[1])):
                keyed.setdefault(key, []).append(numbered)
        last, self._last_event = events[-1]
        if last - self._marked < UNMARKED and not keyed:
            self.position = last
            return
        with self._transaction():
            for key in sorted(keyed):
                self._tell(key, keyed[key])
            self._flush()
            update = "UPDATE mark SET position = ?, last_event = ?"
            self._db.execute(update, (last, fingerprint(self._last_event)))
        self.position = self._marked = last

    def fill(self, streams: Iterable[tuple[str, Sequence[Numbered]]]) -> None:
        """`apply` for a new file, key after key, each of one stream: none comes again.

        How far that is in the log, whoever has filled everything must say.
        """
        with self._transaction():
            for key, events in streams:
                self._tell(key, events)
            self._flush()
        while len(self._newest) > 1:
            self._newest.popitem(last=False)

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

    def _tell(self, key: str, events: Sequence[Numbered]) -> None:
        """Add a key's versions: half of a rebuild's time goes by in this loop.

        Data are a bytearray, for sqlite3 offers bytes to its adapters first: that took
        as long as encoding them.
        """
        newest = self._newest.get(key) or self._open(key, *events[0])
        fold, encode, rows = self.model.fold, self._encode_into, self._rows
        for position, event in events:
            happened = event.event_time
            time = micros(happened)
            if happened > event.record_time:
                newest.lead = max(newest.lead, time - micros(event.record_time))
            if time < newest.event_time:
                self._fold_again(newest, key, position, event)
                continue
            before = newest.row
            newest.row = row = fold(before, event)
            encode(row, data := bytearray())
            rows += (key, time, position, position, data)
            if self._adds_up:
                self._add_amounts(time, position, self._step(before, row))
            newest.event_time, newest.position = time, position
        self._touched[key] = newest

    def _fold_again(
        self, newest: _Newest, key: str, position: int, event: DomainEvent
    ) -> None:
        """A late fact: folded into what was before it, then what came after it again.

        Where a row comes out as it was, so do all that follow: a scan that is an hour
        late, or a clock that is a century ahead, costs what it changes and no more.
        """
        self._flush()
        time = micros(event.event_time)
        found = self._db.execute(queries.BEFORE, (key, time)).fetchone()
        old = self.decode(found[0]) if found else None
        row = self.model.fold(old, event)
        self._rows += (key, time, position, position, self._encode(row))
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
            self._rows += (key, at, source, position, self._encode(row))
        else:
            newest.row = row
        newest.first, newest.position = min(newest.first, time), position
        self._newest[key] = newest

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

    def _flush(self) -> None:
        """What is pending goes in, many rows at a step."""
        insert_values(self._db, "row", 5, self._rows, "INSERT OR REPLACE")
        insert(self._db, "amount", self._amounts)
        lives = [self._life(key, newest) for key, newest in self._touched.items()]
        if self._holds_all_keys:
            insert(self._db, "life", lives, "INSERT OR REPLACE")
        else:
            self._db.executemany(queries.UPSERT_LIFE, lives)
        self._forget()
        while len(self._newest) > CACHED:
            self._newest.popitem(last=False)
            self._holds_all_keys = False

    def _life(self, key: str, newest: _Newest) -> tuple[Any, ...]:
        """Open from its first event; closed, at the latest, with its newest one."""
        closed: tuple[int | None, int | None] = None, None
        if self.model.is_closed(newest.row):
            closed = newest.event_time, newest.position
        return (key, newest.first, *closed, newest.lead)

    def _forget(self) -> None:
        self._rows.clear()
        self._amounts.clear()
        self._touched.clear()

    def _open(self, key: str, position: int, event: DomainEvent) -> _Newest:
        """The key's newest version on disk, or an empty one that the event begins."""
        row = None
        if not self._holds_all_keys:
            row = self._db.execute(queries.NEWEST, (key,)).fetchone()
        if row is None:
            found = _Newest(micros(event.event_time), position, None)
        else:
            found = _Newest(row[0], row[1], self.decode(row[2]))
        self._newest[key] = found
        return found

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._newest.clear()
            self._holds_all_keys = False
            self._forget()
            self._db.execute("ROLLBACK")
            raise
