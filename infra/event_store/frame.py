"""What one record of the log holds: batches that were decided together."""

from collections.abc import Sequence
from typing import NamedTuple

from eventsourcing.persistence import DataError

LARGEST = 2**63 - 1
UTF8_BYTES = 4
EVENT_BYTES = 25
BATCH_BYTES = 24


class Event(NamedTuple):
    """A stored event with its stream's id as text."""

    stream: str
    version: int
    topic: str
    state: bytes


class Batch(NamedTuple):
    """One `insert_events` call: accepted whole, or without effect.

    `tracking` is the upstream application's name and its notification id.
    """

    events: Sequence[Event]
    tracking: tuple[str, int] | None = None


def size(batch: Batch) -> int:
    """At least as many bytes as a record of the log needs for it."""
    names = sum(len(event.stream) + len(event.topic) for event in batch.events)
    tracking = len(batch.tracking[0]) if batch.tracking else 0
    states = sum(len(event.state) for event in batch.events)
    overhead = EVENT_BYTES * len(batch.events) + BATCH_BYTES
    return states + UTF8_BYTES * (names + tracking) + overhead


class Frame(NamedTuple):
    """One record of the log.

    `(writer, seq)` makes a second copy harmless, and a later frame of the same
    writer settles an earlier one that was lost.

    `seen` and `digest` are what the writer had applied when it sent the frame: a
    reader that had another digest at `seen` has another history. A negative `seen`
    claims nothing. `refutes` is a writer whose claim the sender found wrong.
    """

    writer: bytes
    seq: int
    seen: int
    digest: bytes
    batches: Sequence[Batch]
    refutes: bytes = b""


def check(stream: str, version: object, topic: str, state: object) -> Event:
    """The event; raises DataError where SQLite or UTF-8 could not hold it."""
    try:
        (stream + topic).encode()
    except UnicodeEncodeError as error:
        raise DataError(str(error)) from error
    if not isinstance(version, int) or not -LARGEST <= version <= LARGEST:
        msg = f"{stream}: {version!r} is no version"
        raise DataError(msg)
    if not isinstance(state, bytes):
        msg = f"{stream}: the state is {type(state).__name__}, not bytes"
        raise DataError(msg)
    return Event(stream, version, topic, state)
