"""Files that were compressed when they were built, for whoever takes gzip."""

from pathlib import PurePosixPath

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
}


class Prebuilt(StaticFiles):
    """Answers with FILE.gz in the place of FILE: a code reader weighs a megabyte."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        kind = KINDS.get(PurePosixPath(path).suffix)
        takes = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if kind and takes:
            try:
                answer = await super().get_response(f"{path}.gz", scope)
            except HTTPException:
                return await super().get_response(path, scope)
            answer.headers["Content-Encoding"] = "gzip"
            answer.headers["Content-Type"] = kind
            answer.headers["Vary"] = "Accept-Encoding"
            return answer
        return await super().get_response(path, scope)
