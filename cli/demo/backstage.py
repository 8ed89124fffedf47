"""The demo's node: a process of its own, its keys, its clock, its end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import msgspec

from cli.console import fail
from cli.node import running_on
from cli.serve import OPERATOR, Running
from infra import whole_file
from infra.settings import KAFKA

START_SECONDS = 60
ROLES: dict[str, dict[str, Any]] = {
    "admin": {"roles": ["admin"]},
    "coordinator": {"roles": ["coordinator"]},
    "liaison": {"roles": ["liaison"]},
    "reviewer-county": {"roles": ["reviewer"], "issuer": "county"},
    "reviewer-town": {"roles": ["reviewer"], "issuer": "town"},
    "fruit": {"roles": ["firm"], "organisation": "guolanzi"},
    "yaoye": {"roles": ["firm"], "organisation": "yaoye"},
    **{f"post-CP{n}": {"roles": ["checkpoint"]} for n in range(1, 5)},
}


class Backstage:
    """Starts, drives, kills and starts again one node on one data folder."""

    def __init__(
        self,
        data: Path,
        start: datetime,
        port: int,
        env: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`env` is added to what the node is told by its environment."""
        self.data, self._start, self._port = data, start, port
        self._env = {**os.environ, KAFKA: "", **env}
        self._process: subprocess.Popen[bytes] | None = None
        self._keys: dict[str, str] = {}
        self.http = httpx.Client(timeout=30)

    def open(self) -> None:
        """Start the node and wait until it answers; fail in words when it does not.

        A node that an earlier demo left behind when it was killed is ended first.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        if left := running_on(self.data):
            self._end(left.pid, signal.SIGTERM)
        (self.data / "node.json").unlink(missing_ok=True)
        clock = f"{self._start.isoformat(timespec='minutes')}@0"
        command = [sys.executable, "-m", "cli", "serve", "--data", str(self.data)]
        command += ["--port", str(self._port), "--clock", clock]
        self._process = subprocess.Popen(  # noqa: S603 -- our own node
            command, env=self._env
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None:
                fail("The node did not start; its reason stands above")
            if time.monotonic() > deadline:
                self.kill()
                fail(f"The node did not answer within {START_SECONDS} s")
            time.sleep(0.05)
        self._make_keys()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def health(self) -> Any:
        """What /health answers; None where nobody does."""
        with suppress(httpx.HTTPError):
            return self.http.get("/health").json()
        return None

    def settle(self) -> None:
        """Until every read model has seen everything."""
        while True:
            views = (self.health() or {}).get("views", {}).values()
            if views and all(view["lag"] == 0 for view in views):
                return
            time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut would: SIGKILL, nothing flushed."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait()
            self._process = None
        self.http.close()

    def wait(self) -> None:
        if self._process:
            self._process.wait()

    def drive(self, now: datetime) -> datetime:
        """The node's time afterwards: later than asked where it was there already."""
        answer = self.post("admin", "/v1/clock", {"now": now.isoformat()})
        return datetime.fromisoformat(answer.json()["now"])

    def post(
        self, sender: str, path: str, body: dict[str, Any], key: str = ""
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._keys[sender]}"}
        if key:
            headers["Idempotency-Key"] = key
        return self.http.post(path, json=body, headers=headers)

    def track(self, fields: dict[str, str]) -> httpx.Response:
        """A position, as a phone's tracker sends it: without a key."""
        return self.http.get("/v1/osmand", params=fields)

    def get(self, path: str, sender: str = "coordinator", **params: str) -> Any:
        headers = {"Authorization": f"Bearer {self._keys[sender]}"}
        response = self.http.get(path, params=params, headers=headers)
        response.raise_for_status()
        return response.json()

    def invite(self) -> str:
        """A one-time coordinator's link."""
        body = {"name": "演示协调员", "roles": ["coordinator"]}
        link: str = self.post("admin", "/v1/invitations", body).json()["link"]
        return link

    @staticmethod
    def _end(pid: int, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        deadline = time.monotonic() + START_SECONDS
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            running = msgspec.json.decode(
                (self.data / "node.json").read_bytes(), type=Running
            )
            self.http.base_url = httpx.URL(running.url)
            return self.http.get("/health").is_success
        except (OSError, msgspec.DecodeError, httpx.HTTPError):
            return False

    def _make_keys(self) -> None:
        """One key per sender, made once and kept beside the operator's."""
        path = self.data / "secrets" / "demo-keys.json"
        if path.exists():
            self._keys = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
            return
        operator = (self.data / "secrets" / OPERATOR).read_text()
        self._keys = {"operator": operator}
        for sender, wanted in ROLES.items():
            answer = self.post("operator", "/v1/keys", {"name": sender, **wanted})
            self._keys[sender] = answer.raise_for_status().json()["key"]
        whole_file.write(path, msgspec.json.encode(self._keys))
