"""Lanes as the map draws them, with the posts where they stand along each."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from projections.model import Moment, Views
from projections.tracking.fleet import Road


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
    points: tuple[tuple[float, float], ...]
    names: tuple[str, ...]
    posts: tuple[LivePost, ...]


def lanes(
    views: Views, roads: Mapping[str, Road], moment: Moment, at: datetime
) -> tuple[LiveLane, ...]:
    """Those that exist at the time: a lane opens on its date, and may end."""
    posts = dict(views["checkpoint_board"].rows(moment))
    found = []
    for key, row in sorted(views["register"].rows(moment, prefix="lane:")):
        road = roads.get(key.partition(":")[2])
        is_over = row.until_time is not None and row.until_time <= at
        if road is None or is_over or (row.from_time and row.from_time > at):
            continue
        found.append(
            LiveLane(
                code=key.partition(":")[2],
                name=row.name,
                status=row.status,
                reason=row.reason,
                length_m=round(road.line.length_m),
                points=tuple((w.point.lon, w.point.lat) for w in row.waypoints),
                names=tuple(w.name for w in row.waypoints),
                posts=tuple(
                    LivePost(
                        code=post.code,
                        name=posts[post.code].name,
                        lon=posts[post.code].point.lon,
                        lat=posts[post.code].point.lat,
                        progress_m=round(post.progress_m),
                        is_open=posts[post.code].is_open,
                        is_armed=post.is_armed,
                    )
                    for post in road.posts
                ),
            )
        )
    return tuple(found)
