"""Lanes as the map draws them, with the posts where they stand along each."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from projections.checkpoint_board import CheckpointRow
from projections.model import Moment, Views
from projections.tracking.fleet import Road
from projections.tracking.motion import Post


class LivePost(msgspec.Struct, frozen=True):
    """A checkpoint on a lane; one that nobody verified arms no fence."""

    code: str
    name: str
    lon: float
    lat: float
    progress_m: float
    is_open: bool
    is_armed: bool


class LiveLane(msgspec.Struct, frozen=True):
    code: str
    name: str
    status: str
    reason: str
    length_m: float
    from_time: datetime | None
    until_time: datetime | None
    points: tuple[tuple[float, float], ...]
    names: tuple[str, ...]
    posts: tuple[LivePost, ...]


def existing(found: Iterable[LiveLane], at: datetime) -> tuple[LiveLane, ...]:
    """Those that exist at the time: a lane opens on its date, and may end."""
    return tuple(
        lane
        for lane in found
        if (lane.from_time is None or lane.from_time <= at)
        and (lane.until_time is None or at < lane.until_time)
    )


def lanes(
    views: Views, roads: Mapping[str, Road], moment: Moment
) -> tuple[LiveLane, ...]:
    """Those that lead somewhere; a lane whose points are one place is no line."""
    posts = dict(views["checkpoint_board"].rows(moment))
    found = []
    for key, row in sorted(views["register"].rows(moment, prefix="lane:")):
        code = key.partition(":")[2]
        if code not in roads:
            continue
        own = [_post(post, posts[post.code]) for post in roads[code].posts]
        lane = LiveLane(
            code=code,
            name=row.name,
            status=row.status,
            reason=row.reason,
            length_m=round(roads[code].line.length_m),
            from_time=row.from_time,
            until_time=row.until_time,
            points=tuple((w.point.lon, w.point.lat) for w in row.waypoints),
            names=tuple(w.name for w in row.waypoints),
            posts=tuple(own),
        )
        found.append(lane)
    return tuple(found)


def _post(post: Post, row: CheckpointRow) -> LivePost:
    assert row.point is not None
    return LivePost(
        code=post.code,
        name=row.name,
        lon=row.point.lon,
        lat=row.point.lat,
        progress_m=round(post.progress_m),
        is_open=row.is_open,
        is_armed=post.is_armed,
    )
