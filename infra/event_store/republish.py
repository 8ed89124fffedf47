"""A log that was lost, written anew from a node's events.db into an empty topic."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from eventsourcing.persistence import DataError, OperationalError
from kafka.errors import KafkaError

from infra.event_store import shared
from infra.event_store.errors import LogDiverged, TopicNotEmpty
from infra.event_store.frame import Batch, Event, Frame, size
from infra.event_store.index import take
from infra.event_store.kafka_clients import Clients, Setting
from infra.event_store.kafka_log import KafkaLog, open_log
from infra.event_store.kafka_topic import KafkaTopic
from infra.event_store.patience import patiently, start_seconds
from infra.event_store.readers import Reader
from infra.event_store.rule import GENESIS, digest_after
from infra.event_store.verify import Report, verify

EVENTS_AT_ONCE = 2000
ANSWER_SECONDS = 20.0
ATTEMPTS = 10
PARTS = ("", "-wal", "-shm")
_LARGEST = "SELECT position FROM event ORDER BY length(state) DESC LIMIT 1"
Progress = Callable[[str, int, int], None]
"""Told what is being done, how far that is, and where it ends."""


class Republished(NamedTuple):
    """`kept` is the earlier file: the one in its place is of the new log."""

    position: int
    digest: str
    kept: Path


def republish(
    path: Path, setting: Setting, topic: str, progress: Progress
) -> Republished:
    """Every event at its position; then the topic is read back and compared.

    No node may run. Raises FileInUse, TopicNotEmpty, DataError for an event that no
    record holds, LogDiverged where the file is damaged or somebody else wrote too.
    """
    with take(path):
        report = verify(path, lambda at: progress("verify", at, 0))
        if report.findings:
            msg = f"{path} is damaged: greenchannel verify says where"
            raise LogDiverged(msg)
        reader = Reader(path)
        try:
            _publish(reader, setting, topic, progress)
        finally:
            reader.close()
        fresh = _read_back(path, setting, topic, progress, report)
        kept = _put_in_place(path, fresh, report.identity)
    return Republished(report.position, report.digest, kept)


def _publish(reader: Reader, setting: Setting, topic: str, progress: Progress) -> None:
    _check_largest(reader)
    log = _open_empty(setting, topic)
    end = reader.max_position() or 0
    writer, seq, position, digest = os.urandom(8), 0, 0, GENESIS
    try:
        for batches in _frames(reader):
            seq += 1
            _append(log, Frame(writer, seq, position, digest, batches))
            for event in (event for batch in batches for event in batch.events):
                position += 1
                digest = digest_after(digest, position, event)
            progress("publish", position, end)
    finally:
        log.close()


def _check_largest(reader: Reader) -> None:
    for row in reader.read_at([position for (position,) in reader.fetch(_LARGEST)]):
        needed = size(Batch([Event(*row[1:])]))
        if needed > KafkaLog.largest_bytes:
            msg = f"Position {row[0]} takes {needed} bytes: no record holds it"
            raise DataError(msg)


def _open_empty(setting: Setting, topic: str) -> KafkaLog:
    found = KafkaTopic(Clients(setting), topic)
    patiently(lambda: found.ensure(may_create=True), start_seconds(setting))
    _, end = found.bounds()
    if end:
        msg = f"The topic {topic} holds {end} records; delete it, or name another"
        raise TopicNotEmpty(msg)
    return open_log(setting, topic, may_create=True)


def _frames(reader: Reader) -> Iterator[Sequence[Batch]]:
    """Few large batches, each accepted whole; at last how far others were tracked."""
    seen = 0
    while page := reader.page(seen, EVENTS_AT_ONCE):
        seen = page[-1][0]
        for events in _cut([Event(*row[1:]) for row in page]):
            yield [Batch(events)]
    tracked = reader.fetch("SELECT name, position FROM tracking ORDER BY name")
    if tracked:
        yield [Batch((), (name, position)) for name, position in tracked]


def _cut(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """As many as a record holds."""
    taken: list[Event] = []
    room = KafkaLog.largest_bytes
    for event in events:
        needed = size(Batch([event]))
        if needed > room:
            yield taken
            taken, room = [], KafkaLog.largest_bytes
        taken.append(event)
        room -= needed
    yield taken


def _append(log: KafkaLog, frame: Frame) -> None:
    """One at a time, until it is acknowledged: a second copy has no effect."""
    for _ in range(ATTEMPTS):
        try:
            log.append(frame).result(ANSWER_SECONDS)
        except (KafkaError, TimeoutError) as error:
            trouble = error
        else:
            return
    msg = f"Kafka takes no record, and the topic is begun: delete it. {trouble!r}"
    raise OperationalError(msg)


def _read_back(
    path: Path, setting: Setting, topic: str, progress: Progress, report: Report
) -> Path:
    """The file of a node that starts empty, if it is the same."""
    fresh = path.with_name(f"{path.name}-new")
    for part in PARTS:
        Path(f"{fresh}{part}").unlink(missing_ok=True)
    store = shared.acquire(
        fresh,
        lambda _: open_log(setting, topic, may_create=False),
        lambda done, end: progress("read back", done, end),
    )
    _, position, digest = store.tail.index.head
    shared.release(store)
    if (position, digest.hex()) != (report.position, report.digest):
        msg = f"{topic} holds something else than {path}: somebody wrote to it, too"
        raise LogDiverged(msg)
    return fresh


def _put_in_place(path: Path, fresh: Path, identity: str) -> Path:
    kept = path.with_name(f"{path.stem}-{identity[:8]}{path.suffix}")
    for part in PARTS:
        if (old := Path(f"{path}{part}")).exists():
            old.rename(f"{kept}{part}")
    fresh.rename(path)
    Path(f"{fresh}-lock").unlink(missing_ok=True)
    return kept
