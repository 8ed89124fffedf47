"""The pages: files from web/, with a strict policy of where anything may come from."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from api.security import PUBLIC, rule

WEB = Path(__file__).parent.parent / "web"
PAGES = {"/": "county.html", "/sign-in": "sign-in.html"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


def install(app: FastAPI) -> None:
    for path, name in PAGES.items():
        app.add_api_route(path, _page(name), methods=["GET"], include_in_schema=False)
    for folder in ("modules", "styles", "texts"):
        app.mount(f"/{folder}", StaticFiles(directory=WEB / folder), name=folder)

    @app.middleware("http")
    async def protect(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response


def _page(name: str) -> Callable[[], Awaitable[Response]]:
    @rule(PUBLIC)
    async def page() -> Response:
        headers = {"Cache-Control": "no-cache"}
        return FileResponse(WEB / "pages" / name, headers=headers)

    return page
