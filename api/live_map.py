"""The live map: at any moment as one answer, and now as a stream of differences."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from starlette.responses import Response, StreamingResponse

from api.live_stream import Hub
from api.problems import Problem
from api.reaching import reach
from api.reads import OWN, position_of, refuse_unknown
from api.security import Guard, rule
from api.services import Services
from api.times import moment as parse
from api.writes import json_response
from domain.values import STAFF
from projections.live_map import LiveMap, draw, scene
from projections.model import Moment
from projections.tracking.roads import roads_of

ASKED = ("at", "known_at", "min_position")
STREAM = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "Content-Type": "text/event-stream; charset=utf-8",
}


def install(app: FastAPI, services: Services, guard: Guard) -> None:
    hub = Hub(services)

    @rule(OWN)
    async def live_map(request: Request) -> Response:
        """Staff see all, a firm its own."""
        sender = guard.admit(request, OWN)
        asked = dict(request.query_params)
        refuse_unknown(asked, ASKED)
        own = "" if sender.reporter.roles & STAFF else sender.reporter.organisation
        if not own and not sender.reporter.roles & STAFF:
            raise Problem(403, "organisation-missing", "This key is of no organisation")
        found = await asyncio.to_thread(answer, services, asked, own)
        return json_response(found)

    @rule(STAFF)
    async def stream(request: Request) -> Response:
        guard.admit(request, STAFF)
        return StreamingResponse(_told(hub), headers=STREAM)

    docs = {"responses": {"200": {"description": "Trucks and lanes"}}}
    app.add_api_route(
        "/v1/live-map",
        live_map,
        methods=["GET"],
        summary="Every truck on the map, now or at a moment",
        openapi_extra=docs,
    )
    app.add_api_route(
        "/v1/live-map/stream", stream, methods=["GET"], include_in_schema=False
    )


async def _told(hub: Hub) -> AsyncIterator[bytes]:
    """A snapshot, then differences, until either side ends it."""
    with hub.listen() as queue:
        yield await hub.snapshot()
        while message := await queue.get():
            yield message


def answer(services: Services, asked: dict[str, str], organisation: str) -> LiveMap:
    """As it is, or as it was at `at`, as far as it was known at `known_at`."""
    views = services.views
    wanted = position_of(asked.get("min_position", "0"))
    reach(services, wanted, [*views, "positions"])
    now = services.clock()
    at = parse(asked["at"], "at") if "at" in asked else now
    if not asked.keys() & {"at", "known_at"}:
        positions = services.positions
        found = draw(positions.scene(), positions.sight, at, organisation)
        waits = positions.waits(now)
        return LiveMap(now, at, str(positions.position), *found, waits)
    known_at = parse(asked["known_at"], "known_at") if "known_at" in asked else now
    known = views["history"].known_at(known_at) if "known_at" in asked else None
    moment = Moment(at, known)
    past = scene(views, roads_of(views, moment), moment)
    sight = services.positions.past(at, known_at, past.roads)
    found = draw(past, sight, at, organisation)
    return LiveMap(now, at, str(views["live_routes"].position), *found)
