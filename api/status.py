"""How the node is: /health for people and balancers, /metrics for Prometheus."""

import asyncio
from collections.abc import Iterator

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import PlainTextResponse, Response

from api.security import PUBLIC, rule
from api.services import Services
from api.writes import json_response


class ViewHealth(msgspec.Struct, frozen=True):
    position: int
    lag: int
    error: str | None


def install(app: FastAPI, services: Services) -> None:
    @rule(PUBLIC)
    async def health(request: Request) -> Response:
        """503 when the log has stopped: a balancer takes the node out.

        A node that is degraded still takes what is told, and shows the rest.
        """
        _ = request
        vault = services.persons.health
        stopped = services.application.recorder.stopped  # type: ignore[attr-defined]
        views = {
            name: ViewHealth(found.position, found.lag, found.error)
            for name, found in services.runner.health().items()
        }
        errors = {name: view.error for name, view in views.items()}
        errors["policies"] = services.policy_error
        degraded = [name for name, error in errors.items() if error]
        status = "degraded" if degraded else "ok"
        body = {
            "now": services.clock(),
            "status": "stopped" if stopped else status,
            "degraded": degraded,
            "stopped": str(stopped or ""),
            "is_demo": services.is_demo,
            "position": max((view.position for view in views.values()), default=0),
            "wishes": services.wishes,
            "policies": errors["policies"],
            "vault": await asyncio.to_thread(vault, services.wall_clock()),
            "views": views,
        }
        return json_response(body, 503 if stopped else 200)

    @rule(PUBLIC)
    async def metrics(request: Request) -> Response:
        _ = request
        return PlainTextResponse("\n".join(_measured(services)) + "\n")

    app.add_api_route("/health", health, methods=["GET"])
    app.add_api_route("/metrics", metrics, methods=["GET"])


def _measured(services: Services) -> Iterator[str]:
    yield "# TYPE greenchannel_view_lag gauge"
    for name, found in services.runner.health().items():
        yield f'greenchannel_view_lag{{view="{name}"}} {found.lag}'
        yield f'greenchannel_view_position{{view="{name}"}} {found.position}'
