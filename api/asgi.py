"""The ASGI entry point: the one module of api that knows infra."""

from fastapi import FastAPI

from api.app import create_app
from infra.bootstrap import Node


def build(node: Node) -> FastAPI:
    """Serve a node that somebody else starts and stops."""
    return create_app(node)
