"""What one record of the log holds: batches that were decided together."""

from collections.abc import Sequence
from typing import NamedTuple


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


class Frame(NamedTuple):
    """One record of the log.

    `(writer, seq)` makes a second copy harmless, and a later frame of the same
    writer settles an earlier one that was lost.

    `seen` and `digest` are what the writer had applied when it sent the frame: a
    reader that had another digest at `seen` has another history.
    """

    writer: bytes
    seq: int
    seen: int
    digest: bytes
    batches: Sequence[Batch]
