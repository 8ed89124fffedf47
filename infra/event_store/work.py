"""One transaction in the making: frames judged in their order, rows to write."""

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from infra.event_store.frame import Batch, Event, Frame
from infra.event_store.rule import GENESIS, accept, digest_after
from infra.event_store.schema import insert

Known = tuple[int, int | None]
"""A stream's surrogate and its last version."""

Verdict = list[int] | str
"""The positions of an accepted batch, or why it had no effect."""


CONTRADICTED = "the writer had another history than the log"


class Applied(NamedTuple):
    """A frame's verdicts; None where the frame was seen before."""

    frame: Frame
    verdicts: list[Verdict] | None
    is_contradicted: bool = False


class Work:
    """Reads what is committed, changes nothing but itself until `write`."""

    def __init__(
        self,
        position: int,
        digest: bytes,
        *,
        digests: Mapping[int, bytes],
        streams: Mapping[str, Known],
        streams_made: int,
        topics: Mapping[str, int],
        tracking: Mapping[str, int],
        writers: Mapping[bytes, int],
    ) -> None:
        self.position, self.digest = position, digest
        self._digests, self._topics, self._writers = digests, topics, writers
        self._tracking, self._streams_made = tracking, streams_made
        self.stream_ids = {name: number for name, (number, _) in streams.items()}
        self._lasts = {name: last for name, (_, last) in streams.items()}
        self.versions: dict[str, int] = {}
        self.tracked: dict[str, int] = {}
        self.sequences: dict[bytes, int] = {}
        self.new_streams: list[tuple[int, str]] = []
        self.new_topics: dict[str, int] = {}
        self.checkpoints: dict[int, tuple[int, bytes, int]] = {}
        self._rows: list[tuple[int, int, int, int, bytes]] = []

    def judge(self, offset: int, frame: Frame) -> Applied:
        """A frame whose writer had another history has no effect, on any node."""
        if self._is_double(frame):
            return Applied(frame, None)
        is_contradicted = not self._holds(frame)
        verdicts = [
            CONTRADICTED if is_contradicted else self._judge(batch)
            for batch in frame.batches
        ]
        self.checkpoints[self.position] = self.position, self.digest, offset + 1
        return Applied(frame, verdicts, is_contradicted)

    def write(self, db: sqlite3.Connection) -> None:
        topics = [(number, name) for name, number in self.new_topics.items()]
        insert(db, "stream", self.new_streams)
        insert(db, "topic", topics)
        insert(db, "event", self._rows)
        insert(db, "tracking", list(self.tracked.items()), "REPLACE")
        insert(db, "writer", list(self.sequences.items()), "REPLACE")
        insert(db, "checkpoint", list(self.checkpoints.values()), "REPLACE")

    def _is_double(self, frame: Frame) -> bool:
        """Whether this frame, or a later one of its writer, took effect already."""
        if not frame.writer:
            return False
        last = self.sequences.get(frame.writer) or self._writers.get(frame.writer, 0)
        if frame.seq <= last:
            return True
        self.sequences[frame.writer] = frame.seq
        return False

    def _holds(self, frame: Frame) -> bool:
        """Whether a frame before this one ended where its writer says it stood."""
        if frame.seen <= 0:
            return frame.seen < 0 or frame.digest == GENESIS
        here = self.checkpoints.get(frame.seen)
        mine = here[1] if here else self._digests.get(frame.seen)
        return mine == frame.digest

    def _judge(self, batch: Batch) -> Verdict:
        refusal = accept(batch, self._lasts.get, self._last_tracking)
        if refusal:
            return refusal
        if batch.tracking:
            self.tracked[batch.tracking[0]] = batch.tracking[1]
        return [self._take(event) for event in batch.events]

    def _take(self, event: Event) -> int:
        stream, version, topic, state = event
        position = self.position = self.position + 1
        self.digest = digest_after(self.digest, position, event)
        self.versions[stream] = self._lasts[stream] = version
        number = self.stream_ids.get(stream) or self._new_stream(stream)
        kind = self._topics.get(topic) or self._topic_id(topic)
        self._rows.append((position, number, version, kind, state))
        return position

    def _last_tracking(self, name: str) -> int | None:
        found = self.tracked.get(name)
        return self._tracking.get(name) if found is None else found

    def _new_stream(self, name: str) -> int:
        number = self._streams_made + len(self.new_streams) + 1
        self.new_streams.append((number, name))
        self.stream_ids[name] = number
        return number

    def _topic_id(self, name: str) -> int:
        found = self.new_topics.get(name)
        if found is None:
            found = len(self._topics) + len(self.new_topics) + 1
            self.new_topics[name] = found
        return found
