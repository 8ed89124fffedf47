"""Reaching the node that runs on a data folder, or seeing that none does."""

import os
from pathlib import Path
from typing import Any

import httpx
import msgspec

from cli.console import fail
from cli.serve import OPERATOR, Running


class NodeClient:
    """HTTP to the running node, as its operator."""

    def __init__(self, data: Path) -> None:
        running = running_on(data)
        if running is None:
            fail(f"No node runs on {data}; start one with: greenchannel serve --data …")
        key = (data / "secrets" / OPERATOR).read_text()
        self.http = httpx.Client(
            base_url=running.url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        )

    def post(self, path: str, body: Any) -> Any:
        """The answer; a problem ends the command in its own words."""
        answer = self.http.post(path, json=body)
        if not answer.is_success:
            told = answer.json()
            fail(f"{told['code']}: {told['detail']}")
        return answer.json()


def running_on(data: Path) -> Running | None:
    """Where the node of this folder answers, if its process lives."""
    try:
        running = msgspec.json.decode((data / "node.json").read_bytes(), type=Running)
        os.kill(running.pid, 0)
    except (OSError, msgspec.DecodeError):
        return None
    return running


def events_db(data: Path) -> Path:
    path = data / "events.db"
    if not path.exists():
        fail(f"There is no events.db in {data}")
    return path
