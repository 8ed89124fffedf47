"""Signed passes, and the lists that let phones open them without a network."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from starlette.responses import Response

from api.problems import Problem
from api.reaching import reach_newest
from api.reads import OWN, position_of, refuse_unknown
from api.routes import POSTS
from api.security import PUBLIC, Guard, rule
from api.services import Services
from api.writes import json_response
from domain.values import Role

MEDIA_TYPE = "application/cwt"
VIEWS = (
    "checkpoint_board",
    "clearance",
    "live_routes",
    "pass_book",
    "register",
    "signing_keys",
)


class ListRoute(NamedTuple):
    """A signed list: who may have it, and which method of the office makes it."""

    path: str
    roles: frozenset[Role]
    made_by: str
    summary: str


LISTS = (
    ListRoute("/v1/trust-list", PUBLIC, "trust_list", "Which keys sign passes"),
    ListRoute(
        "/v1/status-lists/{division}",
        PUBLIC,
        "status_list",
        "Which passes of a division no longer stand",
    ),
    ListRoute(
        "/v1/lane-sheets/{checkpoint}",
        POSTS,
        "lane_sheet",
        "What may come to a checkpoint within 36 hours",
    ),
)


def install(app: FastAPI, services: Services, guard: Guard) -> None:
    for route in LISTS:
        app.add_api_route(
            route.path,
            _list_endpoint(services, guard, route),
            methods=["GET"],
            summary=route.summary,
            openapi_extra={"responses": {"200": {"description": "A signed CWT"}}},
        )

    @rule(PUBLIC)
    async def trust_root(request: Request) -> Response:
        _ = request
        return json_response(services.passes.lists.trust_root())

    @rule(PUBLIC)
    async def jwks(request: Request) -> Response:
        _ = request
        return json_response(services.passes.lists.jwks())

    signed = _signed(services, guard)
    for path, endpoint, summary in (
        ("/v1/trust-root", trust_root, "The public key over the trust list"),
        ("/v1/trust-list.jwks", jwks, "The keys of the trust list as JWK"),
        ("/v1/passes/{pass_id}/signed", signed, "A pass, signed anew, with its QR"),
    ):
        app.add_api_route(path, endpoint, methods=["GET"], summary=summary)


def _signed(
    services: Services, guard: Guard
) -> Callable[[Request], Awaitable[Response]]:
    @rule(OWN)
    async def endpoint(request: Request) -> Response:
        """The pass, signed anew, for its owner and for staff."""
        sender = guard.admit(request, OWN)
        asked = dict(request.query_params)
        refuse_unknown(asked, ("min_position",))
        await asyncio.to_thread(_wait, services, asked)
        pass_id = request.path_params["pass_id"]
        found = services.application.state(f"pass:{pass_id}")
        if found is None or not sender.reporter.may_speak_for(found.organisation):
            raise Problem(404, "pass-not-found", "No pass of yours")
        show, check_url = services.passes.shown.signed, f"{request.base_url}v/"
        return json_response(await asyncio.to_thread(show, pass_id, check_url))

    return endpoint


def _list_endpoint(
    services: Services, guard: Guard, route: ListRoute
) -> Callable[[Request], Awaitable[Response]]:
    @rule(route.roles)
    async def endpoint(request: Request) -> Response:
        if route.roles:
            guard.admit(request, route.roles)
        asked = dict(request.query_params)
        refuse_unknown(asked, ("min_position",))
        wanted = await asyncio.to_thread(_wait, services, asked)
        make = getattr(services.passes.lists, route.made_by)
        arguments = (*request.path_params.values(), wanted)
        found = await asyncio.to_thread(lambda: make(*arguments))
        return _document(request, found)

    return endpoint


def _wait(services: Services, asked: dict[str, str]) -> int:
    """Until the read models know what was recorded before; the position asked for."""
    wanted = position_of(asked.get("min_position", "0"))
    reach_newest(services, VIEWS, wanted)
    return wanted


def _document(request: Request, found: Any) -> Response:
    headers = {"ETag": found.etag, "Cache-Control": "no-cache"}
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.body, headers=headers, media_type=MEDIA_TYPE)
