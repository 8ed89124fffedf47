"""Lanes and their checkpoints as lines with posts, from the register and the board."""

from domain.geo.datum import LonLat
from projections.checkpoint_board import CheckpointRow
from projections.model import Moment, Views
from projections.tracking.fleet import Road
from projections.tracking.line import LaneLine
from projections.tracking.motion import Post

FAR_M = 3000
"""A checkpoint farther from its lane than this lies on another road."""


def roads_of(views: Views, moment: Moment) -> dict[str, Road]:
    """By lane; one whose points are a single place is left out."""
    posts = dict(views["checkpoint_board"].rows(moment))
    found = {}
    for key, lane in views["register"].rows(moment, prefix="lane:"):
        points = [LonLat(w.point.lon, w.point.lat) for w in lane.waypoints]
        try:
            line = LaneLine(points)
        except ValueError:
            continue
        own = [(code, posts[code]) for code in lane.checkpoints if code in posts]
        found[key.partition(":")[2]] = Road(line, _posts(line, own))
    return found


def _posts(line: LaneLine, checkpoints: list[tuple[str, CheckpointRow]]) -> list[Post]:
    found = []
    for code, row in checkpoints:
        if row.point is not None:
            located = line.locate(LonLat(row.point.lon, row.point.lat))
            is_armed = row.is_verified and row.is_open and located.off_m <= FAR_M
            found.append(Post(code, located.progress_m, is_armed))
    return found
