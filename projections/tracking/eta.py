"""When a truck arrives: as earlier trips of its lane did, else by speeds of the road.

A drive is how many seconds after its start each whole kilometre was reached.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil
from statistics import quantiles
from typing import NamedTuple

KILOMETRE = 1000
ENOUGH = 20
COVERED = 0.95
LIKELY_KMH, SLOW_KMH = 45, 30
"""Provincial roads with posts: half arrive by the first, nine of ten by the second."""

Drive = tuple[float, ...]


class Window(NamedTuple):
    """Half of the trucks arrive by `p50`, nine of ten by `p90`."""

    p50: datetime
    p90: datetime


def drive(
    samples: Iterable[tuple[datetime, float]], length_m: float, *, is_outward: bool
) -> Drive | None:
    """From times and progress; None where it does not cover the lane."""
    marks: list[float] = []
    begun: datetime | None = None
    for time, progress in samples:
        driven = progress if is_outward else length_m - progress
        if begun is None and driven > (1 - COVERED) * length_m:
            return None
        begun = begun or time
        while len(marks) * KILOMETRE <= driven:
            marks.append((time - begun).total_seconds())
    return tuple(marks) if len(marks) * KILOMETRE >= COVERED * length_m else None


def expected(
    drives: Sequence[Drive],
    progress_m: float,
    length_m: float,
    time: datetime,
    *,
    is_outward: bool,
) -> Window:
    """Arrival at the lane's end, from where the truck was at `time`."""
    driven = progress_m if is_outward else length_m - progress_m
    if len(drives) < ENOUGH:
        left_km = max(0.0, length_m - driven) / KILOMETRE
        likely, slow = left_km / LIKELY_KMH, left_km / SLOW_KMH
        return Window(time + timedelta(hours=likely), time + timedelta(hours=slow))
    here = ceil(max(0.0, driven) / KILOMETRE)
    left = [one[-1] - one[min(here, len(one) - 1)] for one in drives]
    tenths = quantiles(left, n=10, method="inclusive")
    return Window(
        time + timedelta(seconds=tenths[4]), time + timedelta(seconds=tenths[8])
    )
