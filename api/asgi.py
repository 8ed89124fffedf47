"""The ASGI entry point: the one module of api that knows infra."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.app import create_app
from infra.bootstrap import Node
from infra.settings import from_environment


def build(node: Node) -> FastAPI:
    """Serve a node that somebody else starts and stops."""
    return create_app(node)


def serve() -> FastAPI:
    """`uvicorn --factory api.asgi:serve`: a node of its own, from the environment."""
    node = Node(from_environment())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        node.start()
        yield
        node.stop()

    app = create_app(node)
    app.router.lifespan_context = lifespan
    return app
