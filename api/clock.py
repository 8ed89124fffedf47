"""The programme's time over HTTP; a driven clock can be moved, the system's cannot."""

from datetime import datetime

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import Response

from api.bodies import decode_into
from api.problems import Problem
from api.routes import ADMINS
from api.security import Guard, rule
from api.services import Services
from api.writes import body_of, json_response


class Drive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    now: datetime


def install(app: FastAPI, services: Services, guard: Guard) -> None:
    """POST /v1/clock exists only on a node whose clock is simulated."""
    advance = getattr(services.clock, "advance_to", None)
    if advance is None:
        return

    @rule(ADMINS)
    async def drive(request: Request) -> Response:
        guard.admit(request, ADMINS)
        wanted = decode_into(Drive, await body_of(request)).now
        if wanted.tzinfo is None:
            raise Problem(422, "time-without-offset", "now needs an offset")
        return json_response({"now": advance(wanted)})

    app.add_api_route("/v1/clock", drive, methods=["POST"], include_in_schema=False)
