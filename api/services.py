"""What the API needs from the node; `infra.bootstrap.Node` has it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, Protocol

from domain.application import GreenChannel
from domain.papers import Lost, MediaType, Part, SealedPerson, Uploaded, VaultHealth


class PersonVault(Protocol):
    """Where persons are sealed and erased; each call may wait for the disk."""

    def seal(self, texts: Sequence[tuple[Part, bytes]]) -> list[SealedPerson]: ...

    def reveal(self, person: SealedPerson, part: Part) -> bytes | Lost: ...

    def health(self, now: datetime) -> VaultHealth: ...


class DocumentStore(Protocol):
    """Sealed documents by hash; each call may wait for the disk."""

    def add(
        self, content: bytes, media_type: MediaType, organisation: str, now: datetime
    ) -> str: ...

    def find(self, name: str) -> Uploaded | None: ...

    def open(self, name: str) -> tuple[Uploaded, bytes] | Lost: ...


class Erasing(Protocol):
    def erase(
        self, pass_id: str, subjects: Iterable[str], documents: Iterable[str]
    ) -> int: ...


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
    def passes(self) -> Any:
        """Signed passes and lists: `infra.passes.office.Office`."""

    @property
    def persons(self) -> PersonVault: ...

    @property
    def documents(self) -> DocumentStore: ...

    @property
    def eraser(self) -> Erasing: ...

    @property
    def keeper(self) -> Any:
        """Retention: `infra.keeper.Keeper`."""

    @property
    def wishes(self) -> int:
        """What policies want and nobody has carried out yet."""

    @property
    def policy_error(self) -> str | None:
        """Why the policies stand still, if they do."""

    @property
    def closing(self) -> Event:
        """Set when the node is about to stop: what streams must end."""

    @property
    def session_secret(self) -> bytes: ...

    @property
    def is_demo(self) -> bool: ...

    @property
    def authority_file(self) -> Path | None:
        """The certificate of the node's own authority, if it has one."""
