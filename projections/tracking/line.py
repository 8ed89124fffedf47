"""A lane as a line: where along it a point lies, looking only where a truck can be.

The nearest point of a whole line jumps wherever it passes close to itself; a window
around the last progress does not.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import hypot, inf, sqrt
from typing import NamedTuple

from domain.geo.datum import LonLat
from domain.geo.frame import Frame, Metres

SHORTEST_M = 1.0
CHUNK = 16


class Located(NamedTuple):
    """Metres from the lane's beginning, and metres beside it."""

    progress_m: float
    off_m: float


class Segment(NamedTuple):
    x: float
    y: float
    east: float
    north: float
    metres: float


class Box(NamedTuple):
    """Around CHUNK segments: those that are far away need not be looked at."""

    west: float
    south: float
    east: float
    north: float

    def is_beyond(self, x: float, y: float, square: float) -> bool:
        """Whether nothing in it is nearer than the root of `square`."""
        dx = self.west - x if x < self.west else max(x - self.east, 0.0)
        dy = self.south - y if y < self.south else max(y - self.north, 0.0)
        return dx * dx + dy * dy >= square


class LaneLine:
    """Raises ValueError where fewer than two points differ."""

    def __init__(self, points: Sequence[LonLat]) -> None:
        if not points:
            msg = "A lane has points"
            raise ValueError(msg)
        self.frame = Frame(points[len(points) // 2])
        corners = _distinct([self.frame.metres(*point) for point in points])
        self._segments = [
            Segment(*a, b.x - a.x, b.y - a.y, hypot(b.x - a.x, b.y - a.y))
            for a, b in pairwise(corners)
        ]
        if not self._segments:
            msg = "A lane goes somewhere: its points are one place"
            raise ValueError(msg)
        self._boxes = [
            _box(corners[i : i + CHUNK + 1]) for i in range(0, len(corners) - 1, CHUNK)
        ]
        self._starts = [0.0]
        for segment in self._segments:
            self._starts.append(self._starts[-1] + segment.metres)

    @property
    def length_m(self) -> float:
        return self._starts[-1]

    def locate(self, point: LonLat, low_m: float = 0.0, high_m: float = inf) -> Located:
        """The nearest point of the line between two marks of progress."""
        x, y = self.frame.metres(*point)
        low = min(max(low_m, 0.0), self.length_m)
        high = max(min(high_m, self.length_m), low)
        first = min(bisect_right(self._starts, low), len(self._segments)) - 1
        last = max(bisect_left(self._starts, high), first + 1)
        best, found = inf, low
        segments, starts, boxes = self._segments, self._starts, self._boxes
        i, end = first, min(last, len(segments))
        while i < end:
            if i % CHUNK == 0 and boxes[i // CHUNK].is_beyond(x, y, best):
                i += CHUNK
                continue
            ax, ay, east, north, metres = segments[i]
            start = starts[i]
            share = ((x - ax) * east + (y - ay) * north) / (metres * metres)
            share = 0.0 if share < 0.0 else min(share, 1.0)
            if start < low or start + metres > high:
                share = min(max(share, (low - start) / metres), (high - start) / metres)
            dx, dy = x - ax - share * east, y - ay - share * north
            away = dx * dx + dy * dy
            if away < best:
                best, found = away, start + share * metres
            i += 1
        return Located(found, sqrt(best))

    def point_at(self, progress_m: float) -> LonLat:
        segment, share = self._at(progress_m)
        x, y = segment.x + share * segment.east, segment.y + share * segment.north
        return self.frame.degrees(x, y)

    def _at(self, progress_m: float) -> tuple[Segment, float]:
        progress = min(max(progress_m, 0.0), self.length_m)
        i = min(bisect_right(self._starts, progress) - 1, len(self._segments) - 1)
        segment = self._segments[i]
        return segment, (progress - self._starts[i]) / segment.metres


def _box(points: Sequence[Metres]) -> Box:
    xs, ys = [point.x for point in points], [point.y for point in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _distinct(points: Sequence[Metres]) -> list[Metres]:
    kept = list(points[:1])
    for point in points[1:]:
        if hypot(point.x - kept[-1].x, point.y - kept[-1].y) >= SHORTEST_M:
            kept.append(point)
    return kept
