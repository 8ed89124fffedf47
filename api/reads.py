"""Reads: one per board, at any moment; never older than `min_position`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from fastapi import Request
from starlette.responses import Response

from api.problems import Problem
from api.security import Guard, Sender, rule
from api.services import Services
from api.times import moment as parse
from api.writes import json_response
from domain.values import Reporter, Role
from projections import BOARDS
from projections.model import Moment

WAIT_SECONDS = 2.0
STAFF = frozenset({Role.REVIEWER, Role.LIAISON, Role.COORDINATOR, Role.ADMIN})
OWN = STAFF | {Role.FIRM, Role.DRIVER}
POSTS = STAFF | {Role.CHECKPOINT}
ALL = OWN | POSTS
TIMES = ("at", "known_at", "min_position")


class Read(NamedTuple):
    """`filters` are query parameters handed to the board."""

    path: str
    board: str
    roles: frozenset[Role]
    summary: str
    filters: tuple[str, ...] = ()


READS = (
    Read(
        "/v1/live-routes",
        "live-routes",
        OWN,
        "Where every truck is",
        ("organisation",),
    ),
    Read(
        "/v1/pass-desk",
        "pass-desk",
        OWN,
        "Which applications wait, by both clocks",
        ("organisation", "pass_id"),
    ),
    Read("/v1/clearance", "clearance", ALL, "Is this vehicle cleared", ("plate",)),
    Read("/v1/checkpoint-board", "checkpoint-board", ALL, "The checkpoints"),
    Read(
        "/v1/deliveries",
        "deliveries",
        OWN,
        "What reached whom",
        ("day", "organisation"),
    ),
    Read("/v1/county-board", "county-board", STAFF, "The county's figures", ("day",)),
    Read("/v1/alerts", "alerts", POSTS, "What needs a person now"),
    Read("/v1/register", "register", ALL, "Places, lanes, issuers", ("kind",)),
    Read(
        "/v1/history/{kind}/{id}",
        "history",
        ALL,
        "Everything that happened to a subject",
    ),
)


def read_endpoint(
    services: Services, guard: Guard, read: Read
) -> Callable[[Request], Awaitable[Response]]:
    @rule(read.roles)
    async def endpoint(request: Request) -> Response:
        sender = guard.admit(request, read.roles)
        asked = dict(request.query_params)
        _refuse_unknown(asked, (*read.filters, *TIMES))
        filters = {name: asked[name] for name in read.filters if name in asked}
        filters |= _narrowed(services, sender, read, request)
        found = await asyncio.to_thread(answer, services, read.board, asked, filters)
        return json_response(found)

    return endpoint


def answer(
    services: Services, board: str, asked: dict[str, str], filters: dict[str, str]
) -> Any:
    """The board at the moment asked for, once `min_position` has been reached."""
    wanted = _position(asked.get("min_position", "0"))
    views = services.views
    if not services.runner.wait(list(views), wanted, WAIT_SECONDS):
        raise Problem(503, "behind", "This node has not come so far yet").after(1)
    at = parse(asked["at"], "at") if "at" in asked else None
    known = None
    if "known_at" in asked:
        known = views["history"].known_at(parse(asked["known_at"], "known_at"))
    try:
        return BOARDS[board](views, Moment(at, known), services.clock(), **filters)
    except ValueError as error:
        raise Problem(422, "invalid-parameter", str(error)) from error


def _refuse_unknown(asked: dict[str, str], allowed: tuple[str, ...]) -> None:
    unknown = sorted(set(asked) - set(allowed))
    if unknown:
        detail = f"Known here: {', '.join(sorted(allowed))}"
        raise Problem(422, "unknown-parameter", detail, parameter=unknown[0])


def _position(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:  # noqa: PLR2004 -- fits SQLite
        raise Problem(422, "invalid-parameter", "min_position comes from a write")
    return int(text)


def _narrowed(
    services: Services, sender: Sender, read: Read, request: Request
) -> dict[str, str]:
    """Firms and drivers see what is theirs; staff see all."""
    reporter = sender.reporter
    if read.board == "history":
        subject = "{kind}:{id}".format(**request.path_params)
        _check_own(services, reporter, subject)
        return {"subject": subject}
    if reporter.is_staff or "organisation" not in read.filters:
        return {}
    return {"organisation": reporter.organisation}


def _check_own(services: Services, reporter: Reporter, subject: str) -> None:
    if reporter.is_staff:
        return
    kind = subject.partition(":")[0]
    owned = {"shipment", "pass", "vehicle", "enterprise"}
    state = services.application.state(subject) if kind in owned else None
    if not reporter.organisation or (
        getattr(state, "organisation", None) != reporter.organisation
    ):
        raise Problem(404, f"{kind}-not-found", f"No {kind} of yours")
