"""Writing one read model's file: versions of rows, sums, and how far it is.

A row has one version per event that made it: `event_time` and `source` (that event's
position) order the versions, `position` says since when we know this one. A fact
older than its key's newest version folds the key again from its sources and adds the
versions that it changed.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from domain.events import DomainEvent
from infra.event_store.schema import insert, insert_values
from infra.views import blocks, queries
from infra.views.history import History, Mark, Numbered, fingerprint
from infra.views.pending import Newest, Past, Pending, Told
from infra.views.queries import DISPOSABLE, DURABLE, SCHEMA
from infra.views.rows import Rows, micros
from projections.model import Fold

CACHED = 20_000
UNMARKED = 1_000


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
        self._pending = Pending(model)
        self._newest: OrderedDict[str, Newest] = OrderedDict()
        self._touched: dict[str, Newest] = {}
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
            if self._pending.adds_up:
                blocks.add_up(self._db)
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
        newest = self._newest.get(key) or self._open(key, *events[0])
        while (told := self._pending.tell(newest, key, events)) < len(events):
            self._fold_again(newest, key, *events[told])
            events = events[told + 1 :]
        self._touched[key] = newest

    def _fold_again(
        self, newest: Newest, key: str, position: int, event: DomainEvent
    ) -> None:
        """A late fact of a key whose versions are in the file, or on the way there.

        Or any fact of one that was corrected.
        """
        self._flush()
        is_corrected = self.model.mends and newest.row.is_corrected
        fact = Told(micros(event.event_time), position, event)
        found = self._db.execute(queries.BEFORE, (key, fact.time)).fetchone()
        before = self.decode(found[0]) if found else None
        after = self._db.execute(queries.VERSIONS_AFTER, (key, fact.time))
        later = (
            Told(at, source, self.history.at([source])[0][1], self.decode(data))
            for at, source, data in after
        )
        earlier = cache(partial(self._events, key, fact.time))
        past = Past(before, earlier, is_corrected)
        rows = self._pending.refold(key, fact, past, later)
        if after.fetchone() is None:
            newest.row = rows[-1]
        newest.first, newest.position = min(newest.first, fact.time), position
        newest.event_time = max(newest.event_time, fact.time)
        newest.heed(fact.time, event)
        self._newest[key] = newest

    def _events(self, key: str, until: int) -> list[DomainEvent]:
        """What made the key's versions up to a time, in that order."""
        made = self._db.execute(queries.SOURCES, (key, until))
        sources = [source for _, source in made]
        found = dict(self.history.at(sources))
        return [found[source] for source in sources]

    def _flush(self) -> None:
        """What is pending goes in, many rows at a step."""
        insert_values(self._db, "row", 5, self._pending.rows, "INSERT OR REPLACE")
        insert(self._db, "amount", self._pending.amounts)
        lives = [self._life(key, newest) for key, newest in self._touched.items()]
        if self._holds_all_keys:
            insert(self._db, "life", lives, "INSERT OR REPLACE")
        else:
            self._db.executemany(queries.UPSERT_LIFE, lives)
        self._forget()
        while len(self._newest) > CACHED:
            self._newest.popitem(last=False)
            self._holds_all_keys = False

    def _life(self, key: str, newest: Newest) -> tuple[Any, ...]:
        """Open from its first event; closed, at the latest, with its newest one."""
        closed: tuple[int | None, int | None] = None, None
        if self.model.is_closed(newest.row):
            closed = newest.event_time, newest.position
        return (key, newest.first, *closed, newest.lead)

    def _forget(self) -> None:
        self._pending.clear()
        self._touched.clear()

    def _open(self, key: str, position: int, event: DomainEvent) -> Newest:
        """The key's newest version on disk, or an empty one that the event begins."""
        time, row, found = micros(event.event_time), None, None
        if not self._holds_all_keys:
            found = self._db.execute(queries.NEWEST, (key,)).fetchone()
        if found:
            time, position, data = found
            row = self.decode(data)
        self._newest[key] = made = Newest(time, time, position, row)
        return made

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
