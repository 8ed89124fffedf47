"""What stands on a checkpoint's lane sheet, from the read models."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.errors import NotFoundError
from domain.passes import Status
from infra.passes.claims import CARGO, KINDS
from infra.passes.sheet import EFFECTS, STATUSES, Diversion, Instruction, Row, Sheet
from projections.checkpoint_board import CheckpointRow
from projections.clearance import VehicleRow
from projections.model import Moment, Views
from projections.pass_book import BookRow, by_id
from projections.register import Registered
from projections.tracking.eta import Window, expected

AHEAD = timedelta(hours=36)
PRESENT = Moment()
_STATUS = {
    Status.APPROVED: "valid",
    Status.SUSPENDED: "suspended",
    Status.REVOKED: "revoked",
    Status.REPLACED: "replaced",
    Status.RENEWED: "renewed",
}


class Lanes(NamedTuple):
    """The lanes that lead past a checkpoint, also on a way round, by code."""

    own: str
    rows: Mapping[str, Registered]

    def may_carry(self, lane: str) -> bool:
        """A pass without a lane may come anywhere."""
        return lane in {"", self.own} or lane in self.rows


def build(
    views: Views,
    positions: Any,
    book: Iterable[BookRow],
    checkpoint: str,
    now: datetime,
) -> Sheet:
    """Raises NotFoundError where there is no such checkpoint.

    Of thousands of passes this is long work: give it views that pause.
    """
    post = views["checkpoint_board"].row(checkpoint, PRESENT)
    if post is None or not post.name:
        raise NotFoundError("checkpoint", checkpoint)
    lanes = lanes_past(views, checkpoint, post.lane)
    windows = expected_at(views, positions, checkpoint)
    coming = (one for one in book if _may_come(one, lanes, now))
    rows = [_row(views, one, windows.get(one.plate)) for one in coming]
    return Sheet(
        checkpoint=checkpoint,
        phone=post.phone,
        rows=tuple(sorted(rows, key=lambda row: row.number)),
        diversions=tuple(_diversions(lanes)),
        instructions=tuple(_instructions(post, now)),
    )


def lanes_past(views: Views, checkpoint: str, own: str) -> Lanes:
    found = {
        key.partition(":")[2]: row
        for key, row in views["register"].rows(PRESENT, prefix="lane:")
    }
    past = {
        code: row
        for code, row in found.items()
        if code == own or checkpoint in (*row.checkpoints, *row.substitutes)
    }
    return Lanes(own, past)


def expected_at(views: Views, positions: Any, checkpoint: str) -> dict[str, Window]:
    """When trucks that are on their way, and seen, should reach the checkpoint."""
    scene = positions.scene()
    found = {}
    for shipment_id, route in views["live_routes"].rows(PRESENT, open_only=True):
        road = scene.roads.get(route.lane)
        seen = positions.sight(shipment_id, route) if road else None
        if seen is None or seen.progress_m is None:
            continue
        posts = {post.code: post.progress_m for post in road.posts}
        left = posts.get(checkpoint, -1.0) - seen.progress_m
        if left > 0 and route.state in {"loaded", "moving"}:
            here, there = seen.progress_m, posts[checkpoint]
            found[route.plate] = expected(
                (), here, there, seen.fix.time, is_outward=True
            )
    return found


def _may_come(row: BookRow, lanes: Lanes, now: datetime) -> bool:
    if row.valid_from is None or row.valid_until is None or row.status not in _STATUS:
        return False
    is_near = row.valid_from < now + AHEAD and now < row.valid_until
    return is_near and lanes.may_carry(row.lane)


def _row(views: Views, row: BookRow, window: Window | None) -> Row:
    vehicle = views["clearance"].row(row.plate, PRESENT) or VehicleRow()
    last = vehicle.posts[-1] if vehicle.posts else None
    old = row.replaces or row.renews
    return Row(
        number=row.number,
        short_code=row.short_code,
        plate=row.plate,
        plate_kind=KINDS.index(row.plate_kind),
        trailer=row.trailer,
        valid_from=_seconds(row.valid_from),
        valid_until=_seconds(row.valid_until),
        status=STATUSES.index(_STATUS[row.status]),
        disinfected_until=_seconds(vehicle.disinfected_until),
        crew_count=row.crew_count,
        replaces=by_id(views, old).number if old else "",
        replaced_by=row.successor,
        last_post=last.checkpoint if last else "",
        last_time=_seconds(last.time) if last else 0,
        window_from=_seconds(window.p50) if window else 0,
        window_until=_seconds(window.p90) if window else 0,
        lane=row.lane,
        cargo=row.goods[:CARGO],
    )


def _instructions(post: CheckpointRow, now: datetime) -> Iterator[Instruction]:
    for one in post.instructions:
        if one.from_time <= now + AHEAD and not one.is_over(now):
            until = _seconds(one.until_time)
            effect = EFFECTS.index(one.effect)
            provinces, cargo = one.plate_provinces, one.cargo
            yield Instruction(one.text, provinces, cargo, until, effect)


def _diversions(lanes: Lanes) -> Iterator[Diversion]:
    for code, row in sorted(lanes.rows.items()):
        if row.status in {"diverted", "closed"}:
            until = _seconds(row.status_until)
            yield Diversion(code, row.status, row.reason, row.via, until)


def _seconds(time: datetime | None) -> int:
    return int(time.timestamp()) if time else 0
