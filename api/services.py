"""What the API needs from the node; `infra.bootstrap.Node` has it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from domain.application import GreenChannel


class Services(Protocol):
    """One running node.

    `clock` is the programme's time, `wall_clock` the system's: sessions and keys
    stay on the latter. `views` are the read models by name.
    """

    application: GreenChannel
    clock: Callable[[], datetime]
    wall_clock: Callable[[], datetime]
    views: Mapping[str, Any]
    runner: Any
    session_secret: bytes
    is_demo: bool
