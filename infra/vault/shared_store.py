"""Keys that nodes share: written to a topic, read from this node's copy of it.

What is written counts when it has come back from the topic and the rule has judged it;
what is read is first compared with the topic's end, so that an erasure by any node
holds on all of them at once, and a key made there is never missing here.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic

from infra.event_store.errors import LogUnsafe
from infra.event_store.kafka_clients import Setting
from infra.event_store.patience import patiently, start_seconds
from infra.vault.errors import (
    ErasedError,
    KeyUnknownError,
    StaleKekError,
    VaultError,
)
from infra.vault.key_copy import KeyCopy
from infra.vault.key_record import (
    KEK,
    NODE,
    Current,
    Kind,
    Present,
    Record,
    Told,
    told,
)
from infra.vault.key_store import Counts, Rewrapped, Wrapped
from infra.vault.key_topic import KeyTopic

AT_ONCE = 500
POLL_SECONDS = 0.5
PAUSE_SECONDS = 0.5
BEHIND_SECONDS = 5.0
START_SECONDS = 600.0
CHECK_SECONDS = 60.0
PRESENT_SECONDS = 60.0
_log = logging.getLogger(__name__)


class SharedKeyStore:
    """`name` and `keks` are what this node says of itself; a command says nothing."""

    def __init__(
        self,
        path: Path,
        setting: Setting,
        topic: str,
        name: str = "",
        keks: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """Raises LogUnsafe, or OperationalError; what this copy knew is shared now."""
        self._name, self._keks = name, keks
        patience = start_seconds(setting)
        self._topic = patiently(lambda: KeyTopic(setting, topic), patience)
        self._copy = KeyCopy(path)
        bounds = patiently(self._topic.bounds, patience)
        self._next = self._copy.follow(self._topic.id, *bounds)
        self._topic.seek(self._next)
        self._moved, self._closing = Condition(), Event()
        self._wrong: LogUnsafe | None = None
        self._told, self._told_time = tuple[str, ...](), 0.0
        self._said = -1
        self._thread = Thread(target=self._follow, name="keys", daemon=True)
        self._thread.start()
        try:
            self._reach(patiently(self._topic.end, patience), START_SECONDS)
            self._wait_until_settled()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self._topic.close()
        self._copy.close()

    def add(self, keys: Mapping[str, Wrapped]) -> None:
        epoch = self._epoch(keys.values())
        self._write([told(s, Record(Kind.CLAIMED, epoch, *w)) for s, w in keys.items()])
        missed = [s for s, wrapped in keys.items() if self._known(s) != wrapped]
        if missed and self._copy.current().epoch != epoch:
            raise StaleKekError(missed[0])
        if missed:
            msg = "A subject has one key in its life"
            raise ErasedError(msg)

    def find(self, subject: str) -> Wrapped:
        self.refresh()
        return self._copy.find(subject)

    def erase(self, subjects: Collection[str]) -> None:
        self._write([told(s, Record(Kind.ERASED)) for s in subjects])
        self._copy.tidy()

    def current_kek(self) -> str:
        return self._copy.current_kek()

    def begin_kek(self, kek: str) -> None:
        """Raises StaleKekError where another one came first."""
        self._write([told(KEK, Current(self._copy.next_epoch(), kek))])
        if self._copy.current_kek() != kek:
            raise StaleKekError(kek)

    def not_under(self, kek: str, limit: int) -> Sequence[tuple[str, Wrapped]]:
        self.refresh()
        return self._copy.not_under(kek, limit)

    def rewrap(self, keys: Sequence[Rewrapped]) -> None:
        epoch = self._epoch([key.after for key in keys])
        records = [
            told(key.subject, Record(Kind.SAID, epoch, *key.after))
            for key in keys
            if self._known(key.subject) == key.before
        ]
        self._write(records)

    def purge(self) -> None:
        self._copy.purge()

    def counts(self) -> Counts:
        self.refresh()
        return self._copy.counts()

    def backup(self, target: Path) -> None:
        self.refresh()
        self._copy.backup(target)

    def nodes(self, since: datetime) -> Mapping[str, tuple[str, ...]]:
        self.refresh()
        return self._copy.nodes(since)

    def refresh(self) -> None:
        """All that any node was told is done is known here after this."""
        self._reach(self._topic.end(), BEHIND_SECONDS)

    def _epoch(self, wrapped: Iterable[Wrapped]) -> int:
        """That of the current KEK; raises StaleKekError where another wraps one."""
        current = self._copy.current()
        if {each.kek for each in wrapped} - {current.kek}:
            raise StaleKekError(current.kek)
        return current.epoch

    def _known(self, subject: str) -> Wrapped | None:
        try:
            return self._copy.find(subject)
        except (ErasedError, KeyUnknownError):
            return None

    def _write(self, records: Sequence[Told]) -> None:
        """Written, read again and judged when this returns."""
        if self._wrong:
            raise self._wrong
        if records:
            self._reach(self._topic.write(records) + 1, BEHIND_SECONDS)

    def _reach(self, offset: int, seconds: float) -> None:
        def is_there() -> bool:
            return self._next >= offset or self._wrong is not None

        with self._moved:
            if not self._moved.wait_for(is_there, seconds):
                msg = f"This node has read the keys to {self._next}, not to {offset}"
                raise VaultError(msg)
        if self._wrong:
            raise self._wrong

    def _wait_until_settled(self) -> None:
        end = monotonic() + START_SECONDS
        while self._copy.unsettled(1):
            if monotonic() > end or self._wrong:
                raise self._wrong or VaultError("The keys of this node were not shared")
            self._closing.wait(POLL_SECONDS / 5)

    def _follow(self) -> None:
        due = monotonic() + CHECK_SECONDS
        while not self._closing.is_set():
            try:
                self._turn()
                if monotonic() >= due:
                    due = monotonic() + CHECK_SECONDS
                    self._topic.check()
            except LogUnsafe as wrong:
                _log.exception("the topic of keys is not used any more")
                with self._moved:
                    self._wrong = wrong
                    self._moved.notify_all()
                return
            except Exception as error:  # noqa: BLE001 -- shown, and tried again
                _log.warning("the keys of other nodes are late: %r", error)
                self._topic.seek(self._next)
                self._closing.wait(PAUSE_SECONDS)

    def _turn(self) -> None:
        records, after = self._topic.poll(POLL_SECONDS)
        if after > self._next:
            self._copy.take(records, after)
            with self._moved:
                self._next = after
                self._moved.notify_all()
        self._topic.look()
        self._copy.tidy()
        self._settle()
        self._show()

    def _settle(self) -> None:
        """Say again what the topic may say otherwise, once all of it was read."""
        if self._next <= self._said:
            return
        records = self._copy.unsettled(AT_ONCE)
        if records and self._next >= self._topic.end():
            self._said = self._topic.write(records)

    def _show(self) -> None:
        """Which KEKs this node holds: a rotation waits for that, and segments roll."""
        holds = tuple(self._keks()) if self._name else ()
        is_due = monotonic() >= self._told_time + PRESENT_SECONDS
        if self._name and (is_due or holds != self._told):
            key = NODE + self._name.encode()
            self._topic.write([told(key, Present(holds))])
            self._told, self._told_time = holds, monotonic()
