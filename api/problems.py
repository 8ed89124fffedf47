"""Every refusal over HTTP: an RFC 9457 problem with a stable code."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from eventsourcing.persistence import DataError, PersistenceError
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.errors import (
    ForbiddenError,
    GreenChannelError,
    KeyReusedError,
    NotFoundError,
    RefusedError,
    UnreadableError,
)

MEDIA_TYPE = "application/problem+json"
STATUS_BY_BRANCH: Mapping[type[GreenChannelError], int] = {
    NotFoundError: 404,
    ForbiddenError: 403,
    RefusedError: 409,
    KeyReusedError: 422,
    UnreadableError: 422,
}


class Problem(Exception):  # noqa: N818 -- the word of RFC 9457
    """Raised at the edge; `details` become members of the problem."""

    def __init__(
        self, status: int, code: str, detail: str, **details: str | int
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.details = status, code, details
        self.headers: dict[str, str] = {}

    def after(self, seconds: float) -> "Problem":
        """Ask to be tried again in so many seconds."""
        self.headers["Retry-After"] = str(max(1, round(seconds)))
        return self

    def body(self) -> dict[str, Any]:
        return {
            "type": f"urn:greenchannel:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": str(self),
            **self.details,
        }

    def response(self) -> Response:
        return Response(
            msgspec.json.encode(self.body()),
            self.status,
            self.headers,
            media_type=MEDIA_TYPE,
        )


def problem_of(error: Exception) -> Problem:
    """The problem that a domain or storage error is to the sender."""
    match error:
        case Problem():
            return error
        case GreenChannelError():
            return Problem(_status(error), error.code, str(error), **error.details)
        case DataError():
            return Problem(422, "too-large-to-store", str(error))
        case PersistenceError():
            return _storage_problem(error)
        case HTTPException():
            phrase = HTTPStatus(error.status_code).phrase
            found = Problem(error.status_code, phrase.lower().replace(" ", "-"), phrase)
            found.headers = dict(error.headers or {})
            return found
    return Problem(500, "internal", "Something broke here; it has been logged")


def install(app: FastAPI) -> None:
    async def answer(_: Request, error: Exception) -> Response:
        return problem_of(error).response()

    kinds = (Problem, GreenChannelError, PersistenceError, HTTPException, Exception)
    for kind in kinds:
        app.add_exception_handler(kind, answer)


def _status(error: GreenChannelError) -> int:
    return next(s for kind, s in STATUS_BY_BRANCH.items() if isinstance(error, kind))


def _storage_problem(error: PersistenceError) -> Problem:
    """What stores tell of their own: `code`, `retry_after_seconds`, `told`."""
    code = getattr(error, "code", "storage-unavailable")
    wait = getattr(error, "retry_after_seconds", 1)
    detail = getattr(error, "told", "The log did not take it; try again")
    return Problem(503, code, detail).after(wait)
