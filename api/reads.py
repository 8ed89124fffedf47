"""Reads: one per board, at any moment; never older than `min_position`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec
from fastapi import Request
from starlette.responses import Response

from api.problems import Problem
from api.reaching import reach
from api.security import Guard, Sender, rule
from api.services import Services
from api.times import moment as parse
from api.writes import json_response
from domain.values import STAFF, Reporter, Role
from projections import BOARDS
from projections.gently import gentle
from projections.model import Moment

OWN = STAFF | {Role.FIRM, Role.DRIVER}
ON_DUTY = STAFF | {Role.CHECKPOINT}
ALL = OWN | ON_DUTY
TIMES = ("at", "known_at", "min_position", "limit", "cursor")
MOST = 1000
LONG = frozenset({"pass-report", "findings"})
"""A week, a day: these pause as they read, or nobody else would be served."""


class Read(NamedTuple):
    """`filters` are handed to the board; `listed` is the list that comes in pages."""

    path: str
    board: str
    roles: frozenset[Role]
    summary: str
    listed: str
    filters: tuple[str, ...] = ()


READS = (
    Read(
        "/v1/live-routes",
        "live-routes",
        OWN,
        "Where every truck is",
        "routes",
        ("organisation",),
    ),
    Read(
        "/v1/pass-desk",
        "pass-desk",
        OWN,
        "Which applications wait, by both clocks",
        "applications",
        ("organisation", "issuer", "pass_id"),
    ),
    Read(
        "/v1/applications",
        "applications",
        OWN,
        "Every application, newest first; with pass_id all that it says",
        "applications",
        ("organisation", "issuer", "drafted_by", "plate", "pass_id"),
    ),
    Read(
        "/v1/pass-report",
        "pass-report",
        STAFF,
        "The six-hour record of a week (2020-W07), by issuer",
        "",
        ("week",),
    ),
    Read(
        "/v1/clearance",
        "clearance",
        ALL,
        "Is this vehicle cleared",
        "vehicles",
        ("plate",),
    ),
    Read(
        "/v1/checkpoint-board",
        "checkpoint-board",
        ALL,
        "The checkpoints",
        "checkpoints",
    ),
    Read(
        "/v1/deliveries",
        "deliveries",
        OWN,
        "What reached whom",
        "stops",
        ("day", "organisation"),
    ),
    Read("/v1/county-board", "county-board", STAFF, "All figures", "", ("day",)),
    Read(
        "/v1/enterprises",
        "enterprises",
        STAFF,
        "The register of enterprises, by name",
        "enterprises",
        ("officer",),
    ),
    Read("/v1/alerts", "alerts", ON_DUTY, "What needs a person now", "alerts"),
    Read(
        "/v1/findings",
        "findings",
        ON_DUTY,
        "What scans say together: a day's findings",
        "findings",
        ("day", "kind", "plate"),
    ),
    Read("/v1/devices", "devices", STAFF, "Which device rides where", "devices"),
    Read("/v1/phones", "phones", STAFF, "The phones of checkpoints", "phones"),
    Read("/v1/register", "register", ALL, "Places and lanes", "entries", ("kind",)),
    Read(
        "/v1/history/{kind}/{id}",
        "history",
        ALL,
        "Everything that happened to a subject",
        "events",
    ),
)


def read_endpoint(
    services: Services, guard: Guard, read: Read
) -> Callable[[Request], Awaitable[Response]]:
    @rule(read.roles)
    async def endpoint(request: Request) -> Response:
        sender = guard.admit(request, read.roles)
        asked = dict(request.query_params)
        refuse_unknown(asked, (*read.filters, *TIMES))
        filters = {name: asked[name] for name in read.filters if name in asked}
        wanted = position_of(asked.get("min_position", "0"))
        if wanted:
            await asyncio.to_thread(reach, services, wanted)
        filters |= _narrowed(services, sender, read, request)
        found = await asyncio.to_thread(answer, services, read, asked, filters)
        return json_response(found)

    return endpoint


def answer(
    services: Services, read: Read, asked: dict[str, str], filters: dict[str, str]
) -> Any:
    """The board as it stood at the moment asked for; `now` is the answer's own time.

    A cursor pins what was known when its first page was read, so that pages agree.
    """
    views = gentle(services.views) if read.board in LONG else services.views
    times = {n: parse(asked[n], n) for n in ("at", "known_at") if n in asked}
    now = services.clock()
    seen = min(now, *times.values()) if times else now
    known = (
        views["history"].known_at(times["known_at"]) if "known_at" in times else None
    )
    start, pinned = _cursor(asked.get("cursor", ""))
    known = known if pinned is None else pinned
    try:
        moment = Moment(times.get("at"), known)
        found = BOARDS[read.board](views, moment, seen, **filters)
    except (ValueError, OverflowError) as error:
        raise Problem(422, "invalid-parameter", str(error)) from error
    page = _page(found, read.listed, start, _limit(asked.get("limit", "")), known)
    return page | {"now": now}


def _page(
    board: Any, listed: str, start: int, limit: int, known: int | None
) -> dict[str, Any]:
    """The board with one page of its list, and the cursor of the next if there is."""
    body: dict[str, Any] = msgspec.structs.asdict(board)
    if not listed:
        return body
    rows = body[listed]
    body[listed] = rows[start : start + limit]
    is_last = start + limit >= len(rows)
    pinned = body["position"] if known is None else known
    body["next_cursor"] = "" if is_last else f"{pinned}.{start + limit}"
    return body


def _cursor(text: str) -> tuple[int, int | None]:
    """Where to go on, and the position up to which the first page knew."""
    if not text:
        return 0, None
    pinned, _, start = text.partition(".")
    return position_of(start), position_of(pinned)


def _limit(text: str) -> int:
    limit = position_of(text) if text else MOST
    if not 1 <= limit <= MOST:
        raise Problem(422, "invalid-parameter", f"limit lies between 1 and {MOST}")
    return limit


def refuse_unknown(asked: dict[str, str], allowed: tuple[str, ...]) -> None:
    unknown = sorted(set(asked) - set(allowed))
    if unknown:
        detail = f"Known here: {', '.join(sorted(allowed))}"
        raise Problem(422, "unknown-parameter", detail, parameter=unknown[0])


def position_of(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:  # noqa: PLR2004 -- fits SQLite
        raise Problem(
            422, "invalid-parameter", "A position or cursor comes from an answer"
        )
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
    if "organisation" in read.filters and not reporter.is_staff:
        return {"organisation": reporter.organisation}
    if "issuer" in read.filters and reporter.sees_only:
        return {"issuer": reporter.sees_only}
    return {}


def _check_own(services: Services, reporter: Reporter, subject: str) -> None:
    kind = subject.partition(":")[0]
    owned = {"shipment", "pass", "vehicle", "enterprise"}
    state = services.application.state(subject) if kind in owned else None
    if reporter.is_staff:
        issuer = getattr(state, "issuer", "") if kind == "pass" else ""
        if issuer and reporter.sees_only not in {"", issuer}:
            raise Problem(404, "pass-not-found", "No pass of yours")
        return
    if not reporter.organisation or (
        getattr(state, "organisation", None) != reporter.organisation
    ):
        raise Problem(404, f"{kind}-not-found", f"No {kind} of yours")
