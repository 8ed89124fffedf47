"""The port to where wrapped keys are kept: one file, or a compacted topic.

What stands behind it must keep these promises, for the vault is built on them:

* `add` and `erase` have returned: it is durable, and every node will come to know it;
* a subject has one key in its life; erased is erased for ever, whatever comes late;
* `add` is refused with StaleKekError unless the keys are wrapped by the current KEK:
  a rotation must not miss a key that is added while it runs;
* `rewrap` changes a key only where it still stands as it was read: what was erased
  meanwhile stays erased;
* after `erase`, and after `purge`, nothing that was replaced can be read from the disk
  of this node; brokers of a topic need their time to compact.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol


class Wrapped(NamedTuple):
    """A key under the KEK of this id: nonce, ciphertext and tag."""

    kek: str
    sealed: bytes


class Rewrapped(NamedTuple):
    subject: str
    before: Wrapped
    after: Wrapped


class Counts(NamedTuple):
    living: int
    erased: int
    by_kek: Mapping[str, int]


class KeyStore(Protocol):
    def add(self, keys: Mapping[str, Wrapped]) -> None:
        """All or none. Raises StaleKekError, and ErasedError for an erased subject."""

    def find(self, subject: str) -> Wrapped:
        """Raises ErasedError, or KeyUnknownError where there never was a key."""

    def erase(self, subjects: Collection[str]) -> None:
        """For ever, also of subjects that were never seen."""

    def current_kek(self) -> str:
        """The id under which new keys are wrapped; "" before the first."""

    def begin_kek(self, kek: str) -> None:
        """From now on new keys are wrapped by this KEK, on every node."""

    def not_under(self, kek: str, limit: int) -> Sequence[tuple[str, Wrapped]]:
        """Living keys that another KEK wraps."""

    def rewrap(self, keys: Sequence[Rewrapped]) -> None: ...

    def purge(self) -> None: ...

    def counts(self) -> Counts: ...

    def backup(self, target: Path) -> None:
        """A compact copy in a file; it opens as long as its KEK lives."""

    def nodes(self, since: datetime) -> Mapping[str, tuple[str, ...]]:
        """Which KEKs each node of the cluster holds that was heard since then."""

    def close(self) -> None: ...
