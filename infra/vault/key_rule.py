"""What a record of the topic does to what is known of its subject.

Every node applies this to the records in their order, so all come to the same. The
topic is compacted: of a subject only the last record is sure to be left, for a node
that begins empty. So whatever has no effect leaves the subject unsettled, and each node
that sees it says again what is right. The brokers keep all records of the last minutes,
in which that is done.

* The first claim of a subject is its key; no second one is taken.
* Wrapped anew, or said again, it counts unless a later KEK wraps it already.
* A claim under an earlier KEK comes too late: a rotation may have destroyed that one.
  It is dead, an erased subject, and who made it makes another.
* Erased is for ever.
"""

from typing import NamedTuple

from infra.vault.key_record import Kind, Record
from infra.vault.key_store import Wrapped


class Entry(NamedTuple):
    """`wrapped` is None once erased; `epoch` is its KEK's."""

    wrapped: Wrapped | None
    epoch: int = 0
    is_settled: bool = True


ERASED = Entry(None)


def judge(entry: Entry | None, record: Record | None, epoch: int) -> Entry | None:
    """What is known after the record; a null, or what is not ours, changes nothing.

    `epoch` is that of the newest KEK before this record. It may be lower for who reads
    a compacted topic, never higher: so a claim that counted then still counts.
    """
    if record is None:
        return entry and entry._replace(is_settled=False)
    if record.kind == Kind.ERASED:
        return ERASED
    if entry is None:
        is_dead = record.kind == Kind.CLAIMED and record.epoch < epoch
        return ERASED._replace(is_settled=False) if is_dead else _taken(record)
    if entry.wrapped is None:
        return entry._replace(is_settled=False)
    if record.wrapped == entry.wrapped:
        return entry._replace(is_settled=True)
    if record.kind == Kind.CLAIMED or record.epoch < entry.epoch:
        return entry._replace(is_settled=False)
    return _taken(record)


def again(entry: Entry) -> Record:
    """The record that says what is right."""
    if entry.wrapped is None:
        return Record(Kind.ERASED)
    return Record(Kind.SAID, entry.epoch, *entry.wrapped)


def _taken(record: Record) -> Entry:
    return Entry(record.wrapped, record.epoch)
