"""Follow one truck along one lane: progress, off the route, stopped, at a post.

Thresholds come from real tracks: nine of ten fixes lie within 30 m of the road, and
a fence of 100 m is missed by a third of those who drive through it, hence 300 m.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.geo.frame import metres_between
from projections.tracking.fix import TOP_SPEED_KMH, Fix
from projections.tracking.line import LaneLine, Located

OFF_ROUTE_M = 150
BACK_ON_M = 100
OFF_FIXES = 3
AGAINST_M = 200
AHEAD_M = 1500
STILL_M = 150
STILL = timedelta(minutes=3)
FENCE_M = 300
LONGEST_GAP = timedelta(seconds=120)


class Post(NamedTuple):
    """A checkpoint on the lane; only one that was verified arms a fence."""

    code: str
    progress_m: float
    is_armed: bool


class Passage(NamedTuple):
    """By geometry: entered its fence, passed, left; `is_outward` is driving forward."""

    checkpoint: str
    is_outward: bool
    entered_time: datetime
    passed_time: datetime


class Motion:
    """`follow` takes fixes in the order of their times."""

    __slots__ = (
        "_away",
        "_lane",
        "_posts",
        "_rest",
        "is_off_route",
        "last",
        "off_m",
        "passages",
        "progress_m",
        "since",
    )

    def __init__(self, lane: LaneLine | None, posts: Sequence[Post] = ()) -> None:
        self._lane = lane
        self._posts = [post for post in posts if post.is_armed]
        self.last: Fix | None = None
        self.progress_m: float | None = None
        self.off_m = 0.0
        self.is_off_route = False
        self.passages: list[Passage] = []
        self.since: datetime | None = None
        self._rest: Fix | None = None
        self._away = 0

    @property
    def is_still(self) -> bool:
        """Within STILL_M for as long as STILL."""
        if self.last is None or self.since is None:
            return False
        return self.last.time - self.since >= STILL

    def follow(self, fix: Fix, *, is_outward: bool = True) -> None:
        before, start = self.last, self.progress_m
        stood_since = self.since if self.is_still else None
        self.last = fix
        self._note_rest(fix)
        if self._lane is None:
            return
        self._locate(fix, before, is_outward=is_outward)
        if before and start is not None and not self.is_off_route:
            self._note_passages(before, fix, start, stood_since)

    def _note_rest(self, fix: Fix) -> None:
        rest = self._rest
        if rest is None or metres_between(rest.point, fix.point) > STILL_M:
            self._rest, self.since = fix, fix.time

    def _locate(self, fix: Fix, before: Fix | None, *, is_outward: bool) -> None:
        assert self._lane is not None
        if self.progress_m is None or before is None:
            found = self._lane.locate(fix.point)
        else:
            seconds = (fix.time - before.time).total_seconds()
            ahead = max(AHEAD_M, seconds * TOP_SPEED_KMH / 3.6)
            low, high = (AGAINST_M, ahead) if is_outward else (ahead, AGAINST_M)
            found = self._lane.locate(
                fix.point, self.progress_m - low, self.progress_m + high
            )
            if found.off_m > OFF_ROUTE_M and self._away + 1 >= OFF_FIXES:
                found = min(found, self._lane.locate(fix.point), key=_off)
        self.off_m = found.off_m
        is_away = found.off_m > (BACK_ON_M if self.is_off_route else OFF_ROUTE_M)
        self._away = self._away + 1 if is_away else 0
        self.is_off_route = self._away >= OFF_FIXES or (self.is_off_route and is_away)
        if not is_away or self.progress_m is None:
            self.progress_m = found.progress_m

    def _note_passages(
        self, before: Fix, fix: Fix, start_m: float, stood_since: datetime | None
    ) -> None:
        """A post between two fixes was passed, unless the gap says nothing."""
        gap, end_m = fix.time - before.time, self.progress_m
        if end_m is None or end_m == start_m or gap > LONGEST_GAP:
            return
        for post in self._posts:
            share = (post.progress_m - start_m) / (end_m - start_m)
            if 0 < share <= 1:
                is_inside = abs(post.progress_m - start_m) <= FENCE_M
                entered = stood_since if is_inside and stood_since else before.time
                passed = before.time + gap * share
                is_outward = end_m > start_m
                self.passages.append(Passage(post.code, is_outward, entered, passed))


def _off(found: Located) -> float:
    return found.off_m
