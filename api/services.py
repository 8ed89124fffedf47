"""What the API needs from the node; `infra.bootstrap.Node` has it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event
from typing import Any, Protocol

from domain.application import GreenChannel


class Services(Protocol):
    """One running node.

    `clock` is the programme's time, `wall_clock` the system's: sessions and keys
    stay on the latter. `views` are the read models by name.
    """

    @property
    def application(self) -> GreenChannel: ...

    @property
    def clock(self) -> Callable[[], datetime]: ...

    @property
    def wall_clock(self) -> Callable[[], datetime]: ...

    @property
    def views(self) -> Mapping[str, Any]: ...

    @property
    def runner(self) -> Any: ...

    @property
    def positions(self) -> Any: ...

    @property
    def closing(self) -> Event:
        """Set when the node is about to stop: what streams must end."""

    @property
    def session_secret(self) -> bytes: ...

    @property
    def is_demo(self) -> bool: ...
