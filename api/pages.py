"""The pages: files from web/, with a strict policy of where anything may come from."""

import secrets
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.prebuilt import Prebuilt
from api.security import PUBLIC, rule

WEB = Path(__file__).parent.parent / "web"
PAGES = {
    "/": "county.html",
    "/apply": "apply.html",
    "/desk": "desk.html",
    "/pass/{pass_id}": "pass.html",
    "/phones": "phones.html",
    "/places": "places.html",
    "/report": "report.html",
    "/sign-in": "sign-in.html",
    "/trust": "trust.html",
    "/status": "status.html",
}
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
}

NONCE = "nonce-of-this-page"
_HEADERS = [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]


def install(app: FastAPI) -> None:
    for path, name in PAGES.items():
        app.add_api_route(path, _page(name), methods=["GET"], include_in_schema=False)
    app.add_api_route(
        "/apply/worker.js", _worker, methods=["GET"], include_in_schema=False
    )
    app.add_api_route("/map", _map, methods=["GET"], include_in_schema=False)
    for folder in ("modules", "styles", "texts", "icons"):
        files = StaticFiles(directory=WEB / folder)
        app.mount(f"/{folder}", files, name=folder)
    app.mount("/dist", Prebuilt(directory=WEB / "dist"), name="dist")
    app.add_middleware(Protected)


class Protected:
    """Adds the headers to every answer; plain ASGI, for it runs on every request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                added = [header for header in _HEADERS if header[0] not in own]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _page(name: str) -> Callable[[Request], Awaitable[Response]]:
    @rule(PUBLIC)
    async def page(request: Request) -> Response:
        _ = request
        headers = {"Cache-Control": "no-cache"}
        return FileResponse(WEB / "pages" / name, headers=headers)

    return page


@rule(PUBLIC)
async def _worker(request: Request) -> Response:
    """It answers for the application page where no network is, and for that alone."""
    _ = request
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/apply"}
    return FileResponse(WEB / "workers" / "apply.js", headers=headers)


@rule(PUBLIC)
def _map(request: Request) -> Response:
    """Folium writes a script and a style into the page: a nonce admits these alone.

    In a thread: the first who asks waits for folium, and nobody else does.
    """
    _ = request
    nonce = secrets.token_urlsafe(16)
    policy = f"{POLICY}; script-src 'self' 'nonce-{nonce}'"
    policy += f"; style-src 'self' 'nonce-{nonce}'"
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": policy}
    return HTMLResponse(_drawn().replace(NONCE, nonce), headers=headers)


@cache
def _drawn() -> str:
    from maps.shell import map_page  # noqa: PLC0415 -- a third of a node's start

    return map_page(NONCE)
