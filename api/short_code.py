"""`/v/{short code}`: a page for whoever holds a paper pass and no app of ours."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from limits import RateLimitItemPerMinute
from starlette.responses import HTMLResponse, Response

from api.security import PUBLIC, Guard, rule
from api.services import Services
from domain.zones import COUNTY

WEB = Path(__file__).parent.parent / "web"
LOOKS = RateLimitItemPerMinute(30)
CHINESE, ENGLISH = "zh", "en"
UNKNOWN = "unknown"
_SLOT = re.compile(r"{{([\w.]+)}}")


def install(app: FastAPI, services: Services, guard: Guard) -> None:
    page = (WEB / "pages" / "check.html").read_text("utf-8")
    texts = {name: _texts(name) for name in (CHINESE, ENGLISH)}

    @rule(PUBLIC)
    async def check(request: Request) -> Response:
        """Without a script: it opens in any scanner's browser."""
        guard.slow_down(request, LOOKS, "short-code")
        look_up = services.passes.shown.checked
        found = await asyncio.to_thread(look_up, request.path_params["code"])
        is_english = request.query_params.get("language") == ENGLISH
        language = ENGLISH if is_english else CHINESE
        values = texts[language] | _told(found, texts[language])
        values |= {"language": language, "other": CHINESE if is_english else ENGLISH}
        values["now"] = _time(services.clock())
        body = _SLOT.sub(lambda slot: values.get(slot[1], ""), page)
        return HTMLResponse(
            body, 200 if found else 404, headers={"Cache-Control": "no-store"}
        )

    app.add_api_route("/v/{code}", check, methods=["GET"], include_in_schema=False)


def _told(found: Any, texts: Mapping[str, str]) -> dict[str, str]:
    verdict = found.verdict if found else UNKNOWN
    rows = "".join(_rows(found, texts)) if found else ""
    return {
        "verdict": verdict,
        "verdict.text": texts[f"check.verdict.{verdict}"],
        "verdict.hint": texts[f"check.hint.{verdict}"],
        "rows": rows,
    }


def _rows(found: Any, texts: Mapping[str, str]) -> Iterator[str]:
    for name, value in (
        ("plate", found.plate),
        ("lane", found.lane_name),
        ("until", _time(found.valid_until)),
        ("number", found.number),
        ("replaced_by", found.replaced_by),
    ):
        if value:
            yield f"<dt>{texts[f'check.{name}']}</dt><dd>{escape(value)}</dd>"


def _time(time: datetime) -> str:
    return f"{time.astimezone(COUNTY):%Y-%m-%d %H:%M}"


def _texts(language: str) -> dict[str, str]:
    text = (WEB / "texts" / f"{language}.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)
    return {key: escape(value) for key, value in found.items()}
