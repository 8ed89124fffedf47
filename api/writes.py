"""How every write travels: body to command, decided, saved, answered."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response

from api import batches, bodies
from api.bodies import Shape
from api.carrying import carry_out
from api.command_reader import CommandReader
from api.problems import Problem
from api.routes import Route
from api.security import Guard, rule
from api.services import Services


def write_endpoint(
    services: Services, guard: Guard, route: Route
) -> Callable[[Request], Awaitable[Response]]:
    shape = Shape(route)

    @rule(route.roles)
    async def endpoint(request: Request) -> Response:
        sender = guard.admit(request, route.roles)
        reader = CommandReader(shape, sender, request, services.session_secret)
        raw = await body_of(request)
        if shape.takes_batches and raw.lstrip()[:1] == b"[":
            items = bodies.split(raw)
            told = await batches.carry_out(services.application, reader, items)
            return json_response(told)
        if shape.open_fields:
            keyed = await reader.sealed(raw, services)
        else:
            keyed = reader.keyed(raw)
        answer = await carry_out(services.application, keyed)
        status = 200 if answer.known or answer.replayed else 201
        return json_response(answer, status)

    return endpoint


async def body_of(request: Request) -> bytes:
    """The JSON of the body, not yet decoded; nothing is an empty object."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0]
    if kind.strip().lower() != "application/json":
        raise Problem(415, "not-json", "Send application/json")
    return await bytes_of(request) or b"{}"


async def bytes_of(request: Request) -> bytes:
    """The body, never more than MAX_BYTES of it in memory."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > bodies.MAX_BYTES:
            detail = f"A body has at most {bodies.MAX_BYTES} bytes"
            raise Problem(413, "body-too-large", detail)
    return bytes(found)


def json_response(body: Any, status: int = 200) -> Response:
    return Response(
        _encoder.encode(body),
        status,
        {"Cache-Control": "no-store"},
        media_type="application/json",
    )


_encoder = msgspec.json.Encoder(decimal_format="number")
