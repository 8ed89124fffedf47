"""The checkpoint app: a page that installs itself and then needs no network."""

import hashlib
import json
import re
from collections.abc import Iterator
from urllib.parse import urljoin

from fastapi import FastAPI, HTTPException, Request
from starlette.responses import FileResponse, Response

from api import icons
from api.pages import POLICY, WEB
from api.security import PUBLIC, rule

PAGE = "/checkpoint"
MANIFEST = f"{PAGE}/manifest.webmanifest"
PARTS = (
    "/styles/base.css",
    "/styles/checkpoint.css",
    "/texts/zh.json",
    "/texts/en.json",
    "/icons/checkpoint.svg",
    "/dist/zxing-wasm/index.js",
    "/dist/zxing-wasm/zxing_reader.wasm",
)
ENTRY = "/modules/checkpoint/main.js"
WORKER = WEB / "workers" / "checkpoint.js"
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": f"{POLICY}; script-src 'self' 'wasm-unsafe-eval'",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}
_IMPORT = re.compile(r'from "([^"]+)"')


def install(app: FastAPI) -> None:
    worker = _worker()

    @rule(PUBLIC)
    async def page(request: Request) -> Response:
        _ = request
        return FileResponse(WEB / "pages" / "checkpoint.html", headers=HEADERS)

    @rule(PUBLIC)
    async def manifest(request: Request) -> Response:
        _ = request
        kind = "application/manifest+json"
        return FileResponse(WEB / "pages" / "checkpoint.webmanifest", media_type=kind)

    @rule(PUBLIC)
    async def service_worker(request: Request) -> Response:
        """What changes in any part changes the version, and so this answer."""
        _ = request
        headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": PAGE}
        return Response(worker, headers=headers, media_type="text/javascript")

    @rule(PUBLIC)
    async def icon(request: Request) -> Response:
        size = request.path_params["size"]
        if size not in icons.SIZES:
            raise HTTPException(404)
        headers = {"Cache-Control": "max-age=86400"}
        return Response(icons.png(size), headers=headers, media_type="image/png")

    for path, endpoint in (
        (f"{PAGE}/icon-{{size:int}}.png", icon),
        (PAGE, page),
        (MANIFEST, manifest),
        (f"{PAGE}/worker.js", service_worker),
    ):
        app.add_api_route(path, endpoint, methods=["GET"], include_in_schema=False)


def _worker() -> str:
    """The service worker, told its version and everything that it keeps."""
    parts = (*PARTS, *sorted(imported(ENTRY)))
    digest = hashlib.sha256((WEB / "pages" / "checkpoint.html").read_bytes())
    for path in parts:
        file = WEB / path[1:]
        digest.update(file.read_bytes() if file.exists() else b"")
    kept = json.dumps([PAGE, MANIFEST, *parts])
    version = json.dumps(digest.hexdigest()[:16])
    return f"const VERSION = {version};\nconst PARTS = {kept};\n{WORKER.read_text()}"


def imported(entry: str) -> set[str]:
    """A module and all that it imports, and so on."""
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imports(path)
    return found


def _imports(path: str) -> Iterator[str]:
    file = WEB / path[1:]
    if file.exists():
        for found in _IMPORT.findall(file.read_text("utf-8")):
            yield urljoin(path, found)
