"""What the demo plays on: one node, or three of them."""

from datetime import datetime
from typing import Any, Protocol

import httpx


class Stage(Protocol):
    def open(self) -> None:
        """Start what does not run."""

    def kill(self) -> None:
        """As a power cut would."""

    def close(self) -> None: ...

    def wait(self) -> None: ...

    def settle(self) -> None:
        """Until everybody has seen everything, and no policy has a wish."""

    def drive(self, now: datetime) -> datetime:
        """The time afterwards: later than asked where it was there already."""

    def post(
        self, sender: str, path: str, body: dict[str, Any], key: str = ""
    ) -> httpx.Response: ...

    def track(self, fields: dict[str, str]) -> httpx.Response:
        """A position, as a phone's tracker sends it: without a key."""

    def get(self, path: str, **params: str) -> Any: ...

    def invite(self) -> str:
        """A one-time coordinator's link."""
