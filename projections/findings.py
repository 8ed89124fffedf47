"""What several scans of one post say together, judged in event-time order."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from projections.checkpoint_board import CheckpointRow, Scan

DOUBLE_WITHIN = timedelta(minutes=3)


class Finding(msgspec.Struct, frozen=True):
    """`kind` is double_scan, two_plates or sequence_gap; `subject` says whose."""

    kind: str
    subject: str
    facts: tuple[str, ...] = ()
    missing: int = 0


def judge(row: "CheckpointRow") -> tuple[Finding, ...]:
    return (*_double_scans(row), *_two_plates(row), *_sequence_gaps(row))


def _double_scans(row: "CheckpointRow") -> Iterator[Finding]:
    """One plate, one direction, two facts within minutes."""
    last: dict[tuple[str, str], Scan] = {}
    for scan in row.recent:
        key = (scan.plate, scan.direction)
        earlier = last.get(key)
        if scan.plate and earlier and scan.time - earlier.time <= DOUBLE_WITHIN:
            facts = (earlier.fact_id, scan.fact_id)
            yield Finding("double_scan", scan.plate, facts)
        last[key] = scan


def _two_plates(row: "CheckpointRow") -> Iterator[Finding]:
    """One pass shown by two plates."""
    plates: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for scan in row.recent:
        if scan.pass_number and scan.plate:
            plates[scan.pass_number].setdefault(scan.plate, scan.fact_id)
    for number, by_plate in plates.items():
        if len(by_plate) > 1:
            yield Finding("two_plates", number, tuple(by_plate.values()))


def _sequence_gaps(row: "CheckpointRow") -> Iterator[Finding]:
    """A device counts its scans: what is missing is still on it, or lost."""
    for device, (low, high, count) in row.devices.items():
        missing = high - low + 1 - count
        if missing > 0:
            yield Finding("sequence_gap", device, missing=missing)
