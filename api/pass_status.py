"""How an application stands, for whoever knows its reference: no key, no names.

The reference travels in the body, never in an address: no log sees it.
"""

import asyncio
from datetime import datetime

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import Response

from api.bodies import decode_into
from api.problems import Problem
from api.security import PUBLIC, Guard, rule
from api.services import Services
from api.writes import body_of, json_response
from domain.draft import reference_stream
from domain.passes import Status
from domain.values import PlateKind, Reference
from projections.model import Moment
from projections.pass_boards import Application, application


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
    @rule(PUBLIC)
    async def status(request: Request) -> Response:
        guard.limit_status(request)
        asked = decode_into(Asked, await body_of(request))
        known = services.application.state(reference_stream(asked.reference))
        if known is None:
            guard.count_failure(request)
            detail = "No application has this reference"
            raise Problem(404, "reference-not-found", detail)
        found = await asyncio.to_thread(_standing, services, known.pass_id)
        return json_response(found)

    app.add_api_route("/v1/pass-status", status, methods=["POST"], name="PassStatus")


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


_SHARED = tuple(
    name for name in Standing.__struct_fields__ if name in Application.__struct_fields__
)
