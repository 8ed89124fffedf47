"""OpenAPI from the same shapes that decode the bodies."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.bodies import Shape
from api.reads import TIMES, Read
from api.routes import Route
from api.routes.table import ROUTES

_REF = "#/components/schemas/{name}"
_DECIMAL = {"type": "string", "format": "decimal"}
_AMOUNT = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1e12, "multipleOf": 0.01},
        {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,2})?$"},
    ]
}
_ANSWERS = {
    "201": {"description": "Recorded"},
    "200": {"description": "Known already, replayed, or a batch"},
    "4XX": {"description": "A problem (RFC 9457) with a stable code"},
    "503": {"description": "The log did not take it; try again"},
}


def write_docs(route: Route, shape: Shape) -> dict[str, Any]:
    """`openapi_extra` of a write."""
    one = {"$ref": _REF.format(name=shape.body.__name__)}
    schema: dict[str, Any] = one
    if shape.takes_batches:
        many = {"type": "array", "items": one, "maxItems": 1000}
        schema = {"anyOf": [one, many]}
    content = {"application/json": {"schema": schema, "example": dict(route.example)}}
    return {
        "requestBody": {"required": True, "content": content},
        "parameters": [
            *path_parameters(route.path),
            _parameter("Idempotency-Key", "header", {"type": "string"}),
        ],
        "responses": _ANSWERS,
    }


def read_docs(read: Read) -> dict[str, Any]:
    names = (*read.filters, *TIMES)
    queries = [_parameter(name, "query", {"type": "string"}) for name in names]
    return {
        "parameters": [*path_parameters(read.path), *queries],
        "responses": {
            "200": {"description": "The board, with the server's now"},
            "4XX": _ANSWERS["4XX"],
        },
    }


def install(app: FastAPI) -> None:
    """Serve /openapi.json with every body's schema among its components."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, routes=app.routes)
            components = made.setdefault("components", {})
            components.setdefault("schemas", {}).update(_schemas())
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _schemas() -> Mapping[str, Any]:
    shapes = [Shape(r).body for r in ROUTES]
    _, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    return {name: _amounts(schema) for name, schema in components.items()}


def _amounts(schema: Any) -> Any:
    """Yuan may come as a number or as text; msgspec names only the text."""
    match schema:
        case dict() if schema == _DECIMAL:
            return _AMOUNT
        case dict():
            return {name: _amounts(value) for name, value in schema.items()}
        case list():
            return [_amounts(value) for value in schema]
    return schema


def path_parameters(path: str) -> list[dict[str, Any]]:
    text = {"type": "string", "minLength": 1, "maxLength": 64}
    names = re.findall(r"{(\w+)}", path)
    return [_parameter(name, "path", text, required=True) for name in names]


def _parameter(
    name: str, place: str, schema: Mapping[str, Any], *, required: bool = False
) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": dict(schema)}
