"""How an application stands, and its pass, for whoever knows its reference: no key.

The reference travels in the body, never in an address: no log sees it. Who holds it is
taken for the firm that was given it, often the driver: its opening stops the clock.
"""

import asyncio
from datetime import datetime

import msgspec
from fastapi import FastAPI, Request
from limits import RateLimitItemPerMinute
from starlette.responses import Response

from api.bodies import decode_into
from api.carrying import Keyed, carry_out
from api.problems import Problem
from api.reaching import reach_newest
from api.security import PUBLIC, Guard, rule
from api.services import Services
from api.writes import body_of, json_response
from domain.application import GreenChannel
from domain.commands import CollectPass
from domain.draft import reference_stream
from domain.passes import Status
from domain.values import PlateKind, Reference, Reporter
from projections.model import Moment
from projections.pass_boards import Application, application

READS = RateLimitItemPerMinute(60)
"""Anybody may ask how an application stands; nobody may ask without end."""
BY_REFERENCE = "by-reference"


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reference: Reference


class Standing(msgspec.Struct, frozen=True):
    """No personal data: what a pass says openly, both clocks, what is missing."""

    now: datetime
    pass_id: str
    status: Status
    plate: str
    plate_kind: PlateKind
    lane: str
    issuer_name: str
    issuer_phone: str
    number: str
    valid_from: datetime | None
    valid_until: datetime | None
    missing: tuple[str, ...]
    reason: str
    in_hand_minutes: float
    desk_minutes: float
    left_minutes: float
    promise_minutes: float
    is_paused: bool
    is_collected: bool
    deadline_time: datetime | None
    pass_path: str


def install(app: FastAPI, services: Services, guard: Guard) -> None:
    async def pass_id_of(request: Request) -> str:
        guard.slow_down(request, READS, "status")
        asked = decode_into(Asked, await body_of(request))
        known = services.application.state(reference_stream(asked.reference))
        if known is None:
            guard.count_failure(request)
            detail = "No application has this reference"
            raise Problem(404, "reference-not-found", detail)
        return str(known.pass_id)

    @rule(PUBLIC)
    async def status(request: Request) -> Response:
        pass_id = await pass_id_of(request)
        await asyncio.to_thread(reach_newest, services, SHOWN)
        return json_response(await asyncio.to_thread(_standing, services, pass_id))

    @rule(PUBLIC)
    async def signed(request: Request) -> Response:
        pass_id = await pass_id_of(request)
        await asyncio.to_thread(reach_newest, services)
        show = services.passes.shown.signed
        check_url = f"{request.base_url}v/"
        found = await asyncio.to_thread(show, pass_id, check_url)
        await _collect(services.application, pass_id, services.clock())
        return json_response(found)

    for path, endpoint, name in (
        ("/v1/pass-status", status, "PassStatus"),
        ("/v1/pass-status/signed", signed, "SignedByReference"),
    ):
        app.add_api_route(path, endpoint, methods=["POST"], name=name)


async def _collect(app: GreenChannel, pass_id: str, now: datetime) -> None:
    """Once: who opens it again, or after its firm, changes nothing."""
    a_pass = app.state(f"pass:{pass_id}")
    if a_pass.collections:
        return
    holder = Reporter(BY_REFERENCE, a_pass.organisation)
    command = CollectPass(
        by=holder, pass_id=pass_id, event_time=now, fact_id=BY_REFERENCE
    )
    await carry_out(app, Keyed(command))


def _standing(services: Services, pass_id: str) -> Standing:
    now = services.clock()
    row = services.views["pass_desk"].row(pass_id, Moment())
    if row is None:
        raise Problem(503, "behind", "This node has not come so far yet").after(1)
    issuer = services.views["register"].row(f"issuer:{row.issuer}", Moment())
    one = application(pass_id, row, now)
    shown = {name: getattr(one, name) for name in _SHARED}
    return Standing(
        now=now,
        issuer_name=issuer.name if issuer else row.issuer,
        issuer_phone=issuer.phone if issuer else "",
        pass_path=f"/pass/{pass_id}" if one.number else "",
        **shown,
    )


SHOWN = ("pass_desk", "register")
_SHARED = tuple(
    name for name in Standing.__struct_fields__ if name in Application.__struct_fields__
)
