"""Positions in: from trackers without a key, and in batches from fleets with one."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import FastAPI, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.responses import PlainTextResponse, Response

from api import osmand
from api.bodies import MAX_ITEMS, decode
from api.problems import Problem
from api.routes import FIRMS
from api.security import PUBLIC, Guard, rule
from api.services import Services
from api.writes import body_of, bytes_of, json_response
from domain.values import STAFF
from projections.tracking.fix import Fix

TRACKERS = RateLimitItemPerMinute(60_000)
FORM = "application/x-www-form-urlencoded"


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item of POST /v1/positions; the datum is the device's."""

    device: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    speed_kmh: Annotated[float, msgspec.Meta(ge=-1, le=1000)] = -1.0
    heading: Annotated[float, msgspec.Meta(ge=-1, le=360)] = -1.0
    accuracy_m: Annotated[float, msgspec.Meta(ge=-1, le=1e7)] = -1.0


Batch = Annotated[list[Position], msgspec.Meta(max_length=MAX_ITEMS)]
_decoder = msgspec.json.Decoder(Batch)


class PositionRoutes:
    def __init__(self, services: Services, guard: Guard) -> None:
        self._services, self._guard = services, guard
        self._limits = FixedWindowRateLimiter(MemoryStorage())

    def install(self, app: FastAPI) -> None:
        app.add_api_route(
            "/v1/positions",
            self.take,
            methods=["POST"],
            summary="Positions of devices, at most 1,000",
            openapi_extra=_DOCS,
        )
        app.add_api_route(
            "/v1/positions",
            self.count,
            methods=["GET"],
            summary="How many were believed, or doubted why; devices that ride nowhere",
        )
        for method in ("GET", "POST"):
            tracker = self.take_from_tracker
            app.add_api_route(
                "/v1/osmand", tracker, methods=[method], include_in_schema=False
            )

    @rule(FIRMS)
    async def take(self, request: Request) -> Response:
        self._guard.admit(request, FIRMS)
        items = decode(_decoder, await body_of(request))
        fixes = [Fix(*msgspec.structs.astuple(item)) for item in items]
        return json_response({"counts": await self._add(fixes)})

    @rule(PUBLIC)
    async def take_from_tracker(self, request: Request) -> Response:
        """No key, for these apps can send none; who rides nowhere moves nothing."""
        address = request.client.host if request.client else ""
        if not self._limits.hit(TRACKERS, address):
            raise Problem(429, "too-many-requests", "Slow down").after(5)
        await self._add(await _fixes(request))
        return PlainTextResponse("OK")

    @rule(STAFF)
    async def count(self, request: Request) -> Response:
        self._guard.admit(request, STAFF)
        ring = self._services.positions.ring
        found = [
            {"device": device, "fixes": fixes, "last_time": last}
            for device, fixes, last in await asyncio.to_thread(ring.strangers)
        ]
        body = {
            "now": self._services.clock(),
            "counts": await asyncio.to_thread(ring.counts),
            "unassigned": found,
        }
        return json_response(body)

    async def _add(self, fixes: Sequence[Fix]) -> Mapping[str, int]:
        add, now = self._services.positions.add, self._services.clock()
        counts: Mapping[str, int] = await asyncio.to_thread(add, fixes, now)
        return counts


async def _fixes(request: Request) -> list[Fix]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind != FORM and not request.query_params:
        return osmand.from_json(await bytes_of(request))
    fields: dict[str, Any] = dict(request.query_params)
    if request.method == "POST" and kind == FORM:
        text = (await bytes_of(request)).decode("utf-8", "replace")
        fields |= dict(parse_qsl(text))
    return [osmand.from_fields(fields)]


_DOCS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "maxItems": MAX_ITEMS, "items": {}},
                "example": [
                    {
                        "device": "phone-17",
                        "time": "2020-02-16T07:31:00+08:00",
                        "lon": 118.13,
                        "lat": 36.24,
                    }
                ],
            }
        },
    },
    "responses": {
        "200": {"description": "How many were believed, and how many doubted why"},
        "4XX": {"description": "A problem (RFC 9457) with a stable code"},
    },
}
