"""A device's sequence as runs without a gap: the same in whatever order it comes in."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import msgspec

from domain.findings.sighting import Sighting

RUNS_KEPT = 200


class Run(msgspec.Struct, frozen=True):
    """From `low` to `high`; time and checkpoint are those of the scan at `low`."""

    low: int
    high: int
    time: datetime
    checkpoint: str


def with_sequence(runs: tuple[Run, ...], seen: Sighting) -> tuple[Run, ...]:
    number = seen.sequence
    assert number is not None
    if any(run.low < number <= run.high for run in runs):
        return runs
    new = Run(number, number, seen.time, seen.checkpoint)
    ordered = sorted([*runs, new], key=lambda run: (run.low, run.time, run.checkpoint))
    return tuple(_joined(ordered))[-RUNS_KEPT:]


def gaps(runs: tuple[Run, ...]) -> Iterator[tuple[int, Run]]:
    """The last number before each gap, and the run after it; a phone begins at 1."""
    is_whole = len(runs) < RUNS_KEPT
    if runs and is_whole and runs[0].low > 1:
        yield 0, runs[0]
    for before, after in pairwise(runs):
        yield before.high, after


def _joined(ordered: list[Run]) -> Iterator[Run]:
    last = ordered[0]
    for run in ordered[1:]:
        if run.low <= last.high + 1:
            high = max(last.high, run.high)
            last = Run(last.low, high, last.time, last.checkpoint)
        else:
            yield last
            last = run
    yield last
