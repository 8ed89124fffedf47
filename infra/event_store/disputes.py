"""Two histories under one name: the log itself says whose is right.

A frame whose writer had another history has no effect. Who sees one tells its writer so
at once, then reads the log anew into a scratch file. It goes on where that confirms it,
and stops where it does not; so does the writer, who was told. Nobody else stops.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.event_store.errors import LogDiverged
from infra.event_store.frame import Frame
from infra.event_store.index import Index
from infra.event_store.log import Log
from infra.event_store.work import Applied
from infra.event_store.writer import Writer

READ_SECONDS = 0.2
INSISTED = 16
"""A writer that was told sends at most what was under way; who goes on insists."""
_log = logging.getLogger(__name__)


class Dispute(Exception):  # noqa: N818 -- named as the condition
    """At `offset` the other writer and this node, whose digest is `mine`, part."""

    def __init__(self, offset: int, other: bytes, mine: bytes) -> None:
        super().__init__(f"Offset {offset}: {other.hex()} had another history")
        self.offset, self.other, self.mine = offset, other, mine


class Disputes:
    """The tail's: `apply` as the index does, but for frames that are contradicted."""

    def __init__(
        self, log: Log, index: Index, writer: Writer, meanwhile: Callable[[], None]
    ) -> None:
        """`meanwhile` is called while the log is read anew; it may raise."""
        self._log, self._index, self._writer = log, index, writer
        self._meanwhile = meanwhile
        self._refuted: dict[bytes, int] = {}
        self._told: set[bytes] = set()

    def apply(self, frames: Sequence[tuple[int, Frame]]) -> list[Applied]:
        """Raises LogDiverged where this node is wrong, or two rules are at work."""
        while True:
            try:
                applied = self._index.apply(frames, self._check)
            except Dispute as dispute:
                self._decide(dispute)
            else:
                for each in applied:
                    self._count(each)
                return applied

    def _check(self, offset: int, applied: Applied, digest: bytes) -> None:
        frame = applied.frame
        if applied.verdicts is None or frame.writer in self._refuted:
            return
        if applied.is_contradicted and frame.writer == self._writer.id:
            msg = f"Offset {offset}: this node spoke for another history than its file"
            raise LogDiverged(msg)
        is_accused = bool(self._writer.id) and frame.refutes == self._writer.id
        if applied.is_contradicted or is_accused:
            raise Dispute(offset, frame.writer, digest)

    def _decide(self, dispute: Dispute) -> None:
        """The other's claims no longer count, or this file does not."""
        if not self._log.keeps:
            raise LogDiverged(str(dispute)) from dispute
        _log.error("%s; the log is read anew to see whose is right", dispute)
        self._writer.refute(dispute.other)
        if self._read_anew(dispute.offset) != dispute.mine:
            self._index.disown()
            msg = f"{dispute}, and the log says the same: this node's file is wrong"
            raise LogDiverged(msg) from dispute
        _log.error("%s; the log says what this node says", dispute)
        self._refuted[dispute.other] = 0

    def _read_anew(self, until: int) -> bytes:
        """The digest after `until` by the log alone."""
        with TemporaryDirectory(dir=self._index.path.parent) as folder:
            scratch = Index(Path(folder) / "events.db", self._log.identity())
            try:
                while scratch.head.next_offset <= until:
                    self._meanwhile()
                    found = self._log.read(scratch.head.next_offset, READ_SECONDS)
                    due = [each for each in found if each[0] <= until]
                    if due:
                        scratch.apply(due)
                return scratch.head.digest
            finally:
                scratch.close()

    def _count(self, applied: Applied) -> None:
        """Who insists when told judges otherwise: no history is safe, all stop."""
        frame = applied.frame
        if frame.writer == self._writer.id and frame.refutes:
            self._told.add(frame.refutes)
        if not applied.is_contradicted or frame.writer not in self._told:
            return
        self._refuted[frame.writer] += 1
        if self._refuted[frame.writer] > INSISTED:
            msg = f"{frame.writer.hex()} insists on another history: two rules at work"
            raise LogDiverged(msg)
