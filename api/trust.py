"""/trust: how a phone comes to trust the county's own certificate, and that file."""

import hashlib
import ssl
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, Response

from api.problems import Problem
from api.security import PUBLIC, rule
from api.services import Services
from api.writes import json_response


def install(app: FastAPI, services: Services) -> None:
    @rule(PUBLIC)
    async def authority(request: Request) -> Response:
        """The certificate alone; its key never leaves the node."""
        _ = request
        kind = "application/x-x509-ca-cert"
        file = _found(services)
        return FileResponse(file, media_type=kind, filename="greenchannel-ca.crt")

    @rule(PUBLIC)
    async def fingerprint(request: Request) -> Response:
        """What a person compares with the sheet that the operator printed."""
        _ = request
        der = ssl.PEM_cert_to_DER_cert(_found(services).read_text("ascii"))
        digest = hashlib.sha256(der).hexdigest().upper()
        pairs = ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))
        return json_response({"sha256": pairs})

    for path, endpoint in (
        ("/trust/ca.crt", authority),
        ("/trust/fingerprint", fingerprint),
    ):
        app.add_api_route(path, endpoint, methods=["GET"], include_in_schema=False)


def _found(services: Services) -> Path:
    file = services.authority_file
    if file is None:
        detail = "This node has no authority of its own: greenchannel tls makes one"
        raise Problem(404, "authority-not-found", detail)
    return file
