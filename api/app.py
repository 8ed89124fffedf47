"""The HTTP application: tables of routes over one node's services."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from api import (
    checkpoint_app,
    clock,
    datum,
    live_map,
    openapi,
    pages,
    pass_status,
    problems,
    short_code,
    signed,
    status,
    trust,
)
from api.access import AccessRoutes
from api.bodies import Shape
from api.documents import DocumentRoutes
from api.persons import PersonRoutes
from api.positions import PositionRoutes
from api.reads import READS, read_endpoint
from api.routes.table import ROUTES
from api.security import Guard, check_rules
from api.services import Services
from api.writes import write_endpoint


class PlainRoute(APIRoute):
    """Our endpoints take the request and answer: nothing is to be injected."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


def create_app(services: Services) -> FastAPI:
    """Raises RuntimeError when a route has no rule."""
    app = FastAPI(title="Green channel", version="1", docs_url=None, redoc_url=None)
    app.router.route_class = PlainRoute
    guard = Guard(services)
    problems.install(app)
    _install_tables(app, services, guard)
    AccessRoutes(services, guard).install(app)
    DocumentRoutes(services, guard).install(app)
    PersonRoutes(services, guard).install(app)
    PositionRoutes(services, guard).install(app)
    live_map.install(app, services, guard)
    datum.install(app, guard)
    pass_status.install(app, services, guard)
    signed.install(app, services, guard)
    short_code.install(app, services, guard)
    status.install(app, services)
    clock.install(app, services, guard)
    pages.install(app)
    checkpoint_app.install(app)
    trust.install(app, services)
    openapi.install(app)
    check_rules(app)
    return app


def _install_tables(app: FastAPI, services: Services, guard: Guard) -> None:
    """The writes and reads that are lines of a table."""
    for route in ROUTES:
        shape = Shape(route)
        app.add_api_route(
            route.path,
            write_endpoint(services, guard, route),
            methods=["POST"],
            name=route.command.__name__,
            summary=route.summary,
            openapi_extra=openapi.write_docs(route, shape),
        )
    for read in READS:
        app.add_api_route(
            read.path,
            read_endpoint(services, guard, read),
            methods=["GET"],
            name=read.board,
            summary=read.summary,
            openapi_extra=openapi.read_docs(read),
        )
