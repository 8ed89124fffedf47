"""Reaching the node that runs on a data folder, or seeing that none does."""

import fcntl
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import msgspec

from cli.console import fail
from cli.serve import OPERATOR, Running
from infra import mapper
from infra.event_store import Reader
from infra.settings import Settings
from infra.views.folder import view_path
from infra.views.history import History
from infra.views.rows import Rows
from projections import READ_MODELS


class NodeClient:
    """HTTP to the running node, as its operator."""

    def __init__(self, data: Path) -> None:
        running = running_on(data)
        if running is None:
            fail(f"No node runs on {data}; start one with: greenchannel serve --data …")
        key = (data / "secrets" / OPERATOR).read_text()
        self.http = httpx.Client(
            base_url=running.url,
            verify=_trusted(data),
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        )

    def post(self, path: str, body: Any) -> Any:
        return self._ask("POST", path, json=body)

    def get(self, path: str, **asked: str) -> Any:
        return self._ask("GET", path, params=asked)

    def every(self, path: str, listed: str, **asked: str) -> Iterator[Any]:
        """All pages of a list."""
        cursor = ""
        while True:
            page = self._ask("GET", path, params=asked | {"cursor": cursor})
            yield from page[listed]
            cursor = page["next_cursor"]
            if not cursor:
                return

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        """The answer; a problem ends the command in its own words."""
        try:
            answer = self.http.request(method, path, **more)
        except httpx.TransportError as error:
            fail(f"The node at {self.http.base_url} does not answer: {error}")
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            fail("The operator's key was ended; restart the node: it makes another")
        if not answer.is_success:
            told = answer.json()
            fail(f"{told['code']}: {told['detail']}")
        return answer.json()


def _trusted(data: Path) -> ssl.SSLContext:
    """What this machine trusts, and the authority of this folder if there is one."""
    context = ssl.create_default_context()
    authority = Settings(data=data).tls / "ca.crt"
    if authority.exists():
        context.load_verify_locations(authority)
    return context


def running_on(data: Path) -> Running | None:
    """Where the node of this folder answers, if one holds the folder's lock.

    A process id alone proves nothing: after a power cut another may have it.
    """
    try:
        running = msgspec.json.decode((data / "node.json").read_bytes(), type=Running)
    except (OSError, msgspec.DecodeError):
        return None
    return running if _is_held(data / "lock") else None


def _is_held(path: Path) -> bool:
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def read_views(data: Path) -> dict[str, Any]:
    """The read models as the node last wrote them; also while it runs."""
    reader = Reader(events_db(data))
    history = History(reader, mapper.decode)
    found = {}
    for model in READ_MODELS:
        path = view_path(Settings(data=data).views, model)
        if not path.exists():
            fail(f"The node has not run on {data} since it was renewed; start it once")
        found[model.name] = Rows(path, model, history)
    return found


def events_db(data: Path) -> Path:
    path = data / "events.db"
    if not path.exists():
        fail(f"There is no events.db in {data}")
    return path
