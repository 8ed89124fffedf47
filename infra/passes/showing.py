"""A pass as its holder sees it, signed anew; and what a short code tells anybody."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from domain.application import GreenChannel
from domain.errors import NotFoundError, WrongStateError
from domain.passes import Status
from domain.short_code import is_short_code, normalise_code
from infra.passes import issue
from infra.passes.driver import Reveal, driver_of
from infra.passes.opener import sign_pass
from infra.passes.qr import draw
from infra.passes.signers import Signers, known_issuer
from projections.model import Moment, Views
from projections.pass_book import BookRow, by_id
from projections.register import Registered


class Shown(msgspec.Struct, frozen=True):
    """A pass for its phone and its paper; `qr` is a picture as a data: address."""

    text: str
    qr: str
    check_qr: str
    kid: str
    pass_id: str
    number: str
    short_code: str
    issuer: str
    issuer_name: str
    issuer_phone: str
    plate: str
    plate_kind: str
    trailer: str
    driver: str
    lane: str
    lane_name: str
    places: tuple[str, ...]
    crew_count: int
    goods: str
    vehicle_type: str
    valid_from: datetime
    valid_until: datetime
    replaces: str
    now: datetime


class Checked(msgspec.Struct, frozen=True):
    """`verdict` is valid, early, expired, or the status that ended the pass."""

    verdict: str
    number: str
    plate: str
    lane_name: str
    valid_from: datetime
    valid_until: datetime
    replaced_by: str


class Showing:
    def __init__(
        self,
        application: GreenChannel,
        views: Views,
        signers: Signers,
        reveal: Reveal,
        clock: Callable[[], datetime],
    ) -> None:
        self._application, self._views = application, views
        self._signers, self._reveal, self._clock = signers, reveal, clock

    def signed(self, pass_id: str, check_url: str) -> Shown:
        """Raises WrongStateError where the pass does not stand."""
        approved = self._application.state(f"pass:{pass_id}")
        if approved is None:
            raise NotFoundError("pass", pass_id)
        if approved.status != Status.APPROVED:
            raise WrongStateError("pass", approved.status, "show it")
        row, now = by_id(self._views, pass_id), self._clock()
        issuer = known_issuer(self._views, row.issuer)
        key = self._signers.key_for(row.issuer, now)
        driver = driver_of(approved.request, row.number, self._reveal)
        a_pass = issue.content(self._views, row, approved.request, issuer, driver, now)
        text = sign_pass(a_pass, key)
        lane = self._lane(row.lane)
        return Shown(
            text=text,
            qr=draw(text),
            check_qr=draw(check_url + row.short_code) if row.short_code else "",
            kid=key.kid.hex(),
            pass_id=pass_id,
            number=row.number,
            short_code=row.short_code,
            issuer=row.issuer,
            issuer_name=issuer.name,
            issuer_phone=issuer.phone,
            plate=row.plate,
            plate_kind=row.plate_kind,
            trailer=row.trailer,
            driver=driver.name,
            lane=row.lane,
            lane_name=lane.name,
            places=issue.places(lane),
            crew_count=row.crew_count,
            goods=approved.request.goods,
            vehicle_type=approved.request.vehicle_type,
            valid_from=issue.known(row.valid_from),
            valid_until=issue.known(row.valid_until),
            replaces=by_id(self._views, row.replaces).number if row.replaces else "",
            now=now,
        )

    def checked(self, code: str) -> Checked | None:
        """What the code leads to; None for one that nobody was given."""
        code = normalise_code(code)
        if not is_short_code(code):
            return None
        taken = self._application.state(f"short-code:{code}")
        row = by_id(self._views, taken.pass_id) if taken else BookRow()
        if row.valid_from is None or row.valid_until is None:
            return None
        return Checked(
            verdict=_verdict(row, self._clock()),
            number=row.number,
            plate=row.plate,
            lane_name=self._lane(row.lane).name,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            replaced_by=row.successor,
        )

    def _lane(self, code: str) -> Registered:
        found: Registered | None = self._views["register"].row(f"lane:{code}", Moment())
        return found or Registered(name=code)


def _verdict(row: BookRow, now: datetime) -> str:
    if row.status != Status.APPROVED:
        return row.status
    if now >= issue.known(row.valid_until):
        return "expired"
    return "early" if now < issue.known(row.valid_from) else "valid"
