"""One message of the demo: who sends what, when it happened, when it is sent."""

from datetime import datetime, timedelta
from typing import Any

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A request to the API.

    `name` is its identity over restarts. Facts carry `happened`, and may be late or
    doubled; decisions are taken at `send_time` and have no time of their own.
    `refused` is the code that the node must answer with.
    """

    name: str
    sender: str
    path: str
    body: dict[str, Any]
    send_time: datetime
    happened: datetime | None = None
    is_exact: bool = False
    refused: str = ""


class Script:
    """Collects messages; every name is used once."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}

    def ask(
        self, at: datetime, sender: str, path: str, key: str = "", **body: Any
    ) -> None:
        """A request or a decision, taken when it is sent."""
        self._add(
            Message(
                name=key or f"{path}@{at:%d%H%M}",
                sender=sender,
                path=path,
                body=body,
                send_time=at,
            )
        )

    def tell(
        self,
        happened: datetime,
        sender: str,
        path: str,
        *,
        key: str = "",
        sent: datetime | None = None,
        **body: Any,
    ) -> str:
        """A fact, with its own time; returns its fact_id. `sent` fixes when it goes."""
        name = key or f"{path}@{happened:%d%H%M}"
        fact_id = fact_id_of(name)
        told = {"event_time": happened.isoformat(), "fact_id": fact_id} | body
        self._add(
            Message(
                name=name,
                sender=sender,
                path=path,
                body={
                    field: value for field, value in told.items() if value is not None
                },
                send_time=sent or happened + timedelta(seconds=20),
                happened=happened,
                is_exact=sent is not None,
            )
        )
        return fact_id

    def wrong(
        self, at: datetime, sender: str, path: str, refused: str, **body: Any
    ) -> None:
        """A message that the node must refuse with this code."""
        self._add(
            Message(
                name=f"wrong {path}@{at:%d%H%M}",
                sender=sender,
                path=path,
                body=body,
                send_time=at,
                refused=refused,
            )
        )

    def in_order(self) -> list[Message]:
        return sorted(self.messages.values(), key=lambda m: m.send_time)

    def _add(self, message: Message) -> None:
        if message.name in self.messages:
            msg = f"two messages are named {message.name}"
            raise ValueError(msg)
        self.messages[message.name] = message


def fact_id_of(name: str) -> str:
    """The same words, the same fact: a restarted demo tells nothing twice."""
    kept = (c if c.isascii() and (c.isalnum() or c in ".-") else "-" for c in name)
    return "".join(kept).strip("-")[-60:].rjust(8, "0")
