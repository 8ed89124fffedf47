"""What a pass says, from what was approved: the content that any node signs anew."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from domain.events import PassRequested
from infra.passes import claims
from infra.passes.driver import Driver
from infra.passes.signers import full_name
from projections.model import Moment, Views
from projections.pass_book import BookRow
from projections.register import Registered

WAYPOINTS = 6


def content(
    views: Views,
    row: BookRow,
    request: PassRequested,
    issuer: Registered,
    driver: Driver,
    now: datetime,
) -> claims.Pass:
    return claims.Pass(
        number=row.number,
        issuer=full_name(row.issuer, issuer.division_code),
        valid_from=int(known(row.valid_from).timestamp()),
        valid_until=int(known(row.valid_until).timestamp()),
        issued=int(now.timestamp()),
        body=_body(views, row, request, driver),
    )


def _body(
    views: Views, row: BookRow, request: PassRequested, driver: Driver
) -> claims.Body:
    lane: Registered | None = views["register"].row(f"lane:{row.lane}", Moment())
    codes = divisions(lane) if lane else []
    return claims.Body(
        plate=row.plate,
        plate_kind=claims.KINDS.index(row.plate_kind),
        trailer=row.trailer,
        driver=driver.name,
        id_check=driver.id_check,
        cargo=request.goods[: claims.CARGO],
        origin=codes[0] if codes else 0,
        destination=codes[-1] if codes else 0,
        lane=row.lane,
        waypoints=tuple(_spread(codes[1:-1])),
        flags=claims.REPLACES * bool(row.replaces) + claims.RENEWS * bool(row.renews),
        crew_count=max(1, row.crew_count),
    )


def divisions(lane: Registered) -> list[int]:
    """The counties that a lane leads through, in order, as far as they were told."""
    told = [int(w.division_code) for w in lane.waypoints if w.division_code]
    return [code for code, _ in groupby(told)]


def places(lane: Registered) -> tuple[str, ...]:
    """The names of the points that stand for a county; else the lane's two ends."""
    named = [w for w in lane.waypoints if w.division_code]
    ends = [*lane.waypoints[:1], *lane.waypoints[1:][-1:]]
    return tuple(point.name for point in named or ends)


def known(time: datetime | None) -> datetime:
    """An approved pass has its times."""
    assert time is not None
    return time


def _spread(codes: Sequence[int]) -> Sequence[int]:
    """No more than a pass has room for, evenly along the way."""
    if len(codes) <= WAYPOINTS:
        return codes
    step = (len(codes) - 1) / (WAYPOINTS - 1)
    return [codes[round(place * step)] for place in range(WAYPOINTS)]
