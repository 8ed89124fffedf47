"""Documents of applications: uploaded, then named, looked at on the record."""

import asyncio
from datetime import datetime
from typing import Any

import filetype
import msgspec
from fastapi import FastAPI, Request
from starlette.responses import Response

from api.carrying import Keyed, carry_out
from api.named_documents import NAMED_WITHIN, naming
from api.openapi import path_parameters
from api.problems import Problem
from api.reads import refuse_unknown
from api.routes import APPLICANTS, READERS, REVIEWERS
from api.security import Guard, rule
from api.services import Services
from api.writes import json_response
from domain.commands import RevealDocument
from domain.errors import ForbiddenError, NotFoundError
from domain.papers import Lost, MediaType, Purpose

LARGEST = 10_000_000
HEARD_OUT = 100_000_000
"""So much is read, and thrown away, before a refusal: or it would not arrive."""
UPLOADERS = APPLICANTS | REVIEWERS
UNTOLD = {"", "application/octet-stream"}
CLOSED = "default-src 'none'; sandbox; frame-ancestors 'none'"


class Stored(msgspec.Struct, frozen=True):
    """`name_by_time`: what no application names by then is deleted."""

    hash: str
    media_type: MediaType
    name_by_time: datetime


class DocumentRoutes:
    def __init__(self, services: Services, guard: Guard) -> None:
        self._services, self._guard = services, guard

    def install(self, app: FastAPI) -> None:
        app.add_api_route(
            "/v1/documents",
            self.upload,
            methods=["POST"],
            summary="Upload a photograph or a form; the answer's hash names it",
            openapi_extra=_UPLOAD,
        )
        path = "/v1/documents/{hash}"
        app.add_api_route(
            path,
            self.look,
            methods=["GET"],
            summary="Look at a document of an application; the look is recorded",
            openapi_extra=_LOOK | {"parameters": [*path_parameters(path), _PURPOSE]},
        )

    @rule(UPLOADERS)
    async def upload(self, request: Request) -> Response:
        sender = self._guard.admit(request, UPLOADERS)
        content = await _content(request)
        media_type = _media_type(content, request.headers.get("content-type", ""))
        by, now = sender.reporter, self._services.clock()
        owner = "" if by.is_staff else by.organisation
        add = self._services.documents.add
        name = await asyncio.to_thread(add, content, media_type, owner, now)
        return json_response(Stored(name, media_type, now + NAMED_WITHIN), 201)

    @rule(READERS)
    async def look(self, request: Request) -> Response:
        sender = self._guard.admit(request, READERS)
        asked = dict(request.query_params)
        refuse_unknown(asked, ("purpose",))
        told = {
            "by": sender.reporter,
            "hash": request.path_params["hash"],
            "purpose": asked.get("purpose", Purpose.REVIEW),
        }
        await self._record(told)
        opened = await asyncio.to_thread(self._services.documents.open, told["hash"])
        if isinstance(opened, Lost):
            raise Problem(410, f"document-{opened}", "It cannot be read any more")
        header, content = opened
        return Response(content, headers=_headers(header.media_type))

    async def _record(self, told: dict[str, Any]) -> None:
        """The look, on an application that names the document and is theirs to see."""
        for pass_id in await asyncio.to_thread(naming, self._services, told["hash"]):
            try:
                command = msgspec.convert(told | {"pass_id": pass_id}, RevealDocument)
                await carry_out(self._services.application, Keyed(command))
            except msgspec.ValidationError as error:
                raise Problem(422, "invalid-parameter", str(error)) from error
            except (NotFoundError, ForbiddenError):
                continue
            return
        raise NotFoundError("document", told["hash"])


async def _content(request: Request) -> bytes:
    """The body, never more than LARGEST of it in memory."""
    found, heard = bytearray(), 0
    async for chunk in request.stream():
        heard += len(chunk)
        if heard <= LARGEST:
            found += chunk
        elif heard > HEARD_OUT:
            break
    if heard > LARGEST:
        detail = "A document has at most 10 MB; a smaller photograph will do"
        raise Problem(413, "document-too-large", detail, most_bytes=LARGEST)
    return bytes(found)


def _media_type(content: bytes, header: str) -> MediaType:
    """What it is by its content; a name or header that says otherwise is refused."""
    told = header.partition(";")[0].strip().lower()
    found = filetype.guess_mime(content)
    if found not in set(MediaType):
        detail = "A document is a JPEG, PNG or WebP picture, or a PDF"
        raise Problem(415, "document-type", detail)
    if told not in UNTOLD | {found}:
        detail = f"It says {told} and is {found}: send it as what it is"
        raise Problem(415, "document-type-differs", detail, found=found)
    return MediaType(found)


def _headers(media_type: MediaType) -> dict[str, str]:
    """Whatever it holds, nothing in it runs here."""
    is_picture = media_type != MediaType.PDF
    return {
        "Content-Type": media_type,
        "Content-Disposition": "inline" if is_picture else "attachment",
        "Content-Security-Policy": CLOSED,
        "Cache-Control": "no-store",
    }


_PROBLEM = {"description": "A problem (RFC 9457) with a stable code"}
_PURPOSE = {
    "name": "purpose",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "enum": list(Purpose)},
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": dict.fromkeys(("application/octet-stream", *MediaType), _BINARY),
    },
    "responses": {"201": {"description": "Stored, sealed"}, "4XX": _PROBLEM},
}
_LOOK: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "The document",
            "content": dict.fromkeys(MediaType, _BINARY),
        },
        "4XX": _PROBLEM,
    },
}
