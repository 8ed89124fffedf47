"""Is this events.db what the log said? Recomputes the digest from the file alone."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from infra.event_store.frame import Event
from infra.event_store.readers import Reader, Row
from infra.event_store.rule import GENESIS, digest_after

PAGE = 2000
TYPES = (int, str, int, str, bytes)
"""Of a row's values; SQLite keeps any other as it is given."""


class Finding(msgspec.Struct, frozen=True):
    """`position_from` to `position_until` is where it went wrong."""

    position_from: int
    position_until: int
    what: str
    stream: str = ""


class Report(msgspec.Struct, frozen=True):
    identity: str
    position: int
    digest: str
    findings: tuple[Finding, ...] = ()


def verify(path: Path, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Reads beside a running node; damage is a finding, never a traceback."""
    reader = Reader(path)
    audit = _Audit(reader)
    try:
        audit.check(progress)
        return Report(
            reader.identity(), audit.position, audit.digest.hex(), tuple(audit.findings)
        )
    except sqlite3.DatabaseError as error:
        audit.find(audit.position + 1, audit.position + PAGE, f"unreadable: {error}")
        return Report("", audit.position, audit.digest.hex(), tuple(audit.findings))
    finally:
        reader.close()


class _Audit:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.position, self.digest = 0, GENESIS
        self.findings: list[Finding] = []
        self._trusted = 0
        self._versions: dict[str, int] = {}

    def find(self, first: int, last: int, what: str, stream: str = "") -> None:
        self.findings.append(Finding(first, last, what, stream))

    def check(self, progress: Callable[[int], None]) -> None:
        self._check_pages()
        checkpoints = self._checkpoints()
        expected = next(checkpoints, None)
        for row in self._rows(progress):
            while expected and expected[0] < row[0]:
                self._compare(*expected)
                expected = next(checkpoints, None)
            self._check_row(row)
            while expected and expected[0] == row[0]:
                self._compare(*expected)
                expected = next(checkpoints, None)
        if expected:
            self.find(self.position + 1, expected[0], "events are missing at the end")
        elif self._trusted < self.position:
            self.find(self._trusted + 1, self.position, "events after the checkpoint")

    def _check_pages(self) -> None:
        """SQLite's own look at its pages and indexes."""
        for (what,) in self._reader.iterate("PRAGMA quick_check(20)"):
            if what != "ok":
                self.find(0, 0, str(what))

    def _rows(self, progress: Callable[[int], None]) -> Iterator[Row]:
        seen = 0
        while page := self._reader.page(seen, PAGE):
            yield from page
            seen = page[-1][0]
            progress(seen)

    def _checkpoints(self) -> Iterator[tuple[int, bytes]]:
        query = "SELECT position, digest FROM checkpoint ORDER BY position"
        yield from self._reader.iterate(query)

    def _check_row(self, row: Row) -> None:
        position, stream, version, topic, state = row
        if position != self.position + 1:
            self.find(self.position + 1, position - 1, "positions are missing")
        self.position = position
        if tuple(map(type, row)) != TYPES:
            self.find(position, position, "a value is of another type", str(stream))
            return
        last = self._versions.get(stream)
        if last is not None and version != last + 1:
            what = f"version {version} follows {last}"
            self.find(position, position, what, stream)
        self._versions[stream] = version
        event = Event(stream, version, topic, state)
        self.digest = digest_after(self.digest, position, event)

    def _compare(self, position: int, digest: bytes) -> None:
        """Go on from the stored digest: each damage is named once, where it is."""
        if digest != self.digest:
            what = "the digest does not match what is stored"
            self.find(self._trusted + 1, position, what)
            self.digest = digest
        self._trusted = position
