"""Documents sealed under a key each; the name is the SHA-256 of the sealed bytes.

So a name cannot be guessed from a picture, tells nothing about it after an erasure,
and proves a copy whole without its key. What is kept begins with a header in clear.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from domain.papers import Lost, MediaType, Uploaded
from infra.documents.shelf import Shelf
from infra.vault import ErasedError, Keyring, LostError

MAGIC = b"GCD1"
SUBJECT = 32
HEAD = 4096
SWEPT_AFTER = timedelta(hours=24)


class Kept(msgspec.Struct, frozen=True):
    """What is stored: the header as it was sealed in, and the sealed content."""

    subject: str
    header: Uploaded
    field: str
    sealed: bytes


class Documents:
    def __init__(self, keyring: Keyring, shelf: Shelf) -> None:
        self._keyring, self._shelf = keyring, shelf

    def add(
        self, content: bytes, media_type: MediaType, organisation: str, now: datetime
    ) -> str:
        """The document's name; it is durable, its key too, when this returns."""
        header = Uploaded(media_type, organisation, now)
        field = msgspec.json.encode(header)
        (made,) = self._keyring.seal([(field.decode(), content)])
        size = len(field).to_bytes(2, "big")
        kept = b"".join((MAGIC, made.subject.encode(), size, field, made.sealed))
        name = hashlib.sha256(kept).hexdigest()
        self._shelf.put(name, kept)
        return name

    def find(self, name: str) -> Uploaded | None:
        """What is known of it without opening it."""
        kept = self._head(name)
        return kept.header if kept else None

    def open(self, name: str) -> tuple[Uploaded, bytes] | Lost:
        """What was uploaded, and the content; who looks was recorded before."""
        kept = self._shelf.get(name)
        if kept is None:
            return Lost.ERASED
        if hashlib.sha256(kept).hexdigest() != name:
            return Lost.UNREADABLE
        found = _parse(kept)
        try:
            content = self._keyring.reveal(found.subject, found.field, found.sealed)
        except ErasedError:
            return Lost.ERASED
        except LostError:
            return Lost.UNREADABLE
        return found.header, content

    def holds(self, name: str) -> bool:
        """Whether its key is kept here, so that erasing it means something."""
        kept = self._head(name)
        return kept is not None and self._keyring.holds(kept.subject)

    def forget(self, names: Iterable[str]) -> None:
        """Destroy the keys: what lies in the store, and in any copy, is noise."""
        heads = [self._head(name) for name in names]
        self._keyring.erase([kept.subject for kept in heads if kept])

    def erase(self, names: Iterable[str]) -> None:
        """The keys, then the files."""
        wanted = list(names)
        self.forget(wanted)
        for name in wanted:
            self._shelf.delete(name)

    def sweep(self, is_named: Callable[[str], bool], now: datetime) -> list[str]:
        """Erase what is over 24 hours old and named by no application."""
        unnamed = (name for name in self._shelf.names() if not is_named(name))
        swept = [name for name in unnamed if self._is_old(name, now)]
        self.erase(swept)
        return swept

    def _head(self, name: str) -> Kept | None:
        """None where there is nothing, or nothing that can be read as ours."""
        try:
            return _parse(self._shelf.get(name, HEAD) or b"")
        except (ValueError, msgspec.DecodeError):
            return None

    def _is_old(self, name: str, now: datetime) -> bool:
        header = self.find(name)
        return header is not None and now - header.uploaded_time > SWEPT_AFTER


def _parse(kept: bytes) -> Kept:
    start = len(MAGIC) + SUBJECT
    end = start + 2 + int.from_bytes(kept[start : start + 2], "big")
    field = kept[start + 2 : end]
    header = msgspec.json.decode(field, type=Uploaded)
    subject = kept[len(MAGIC) : start].decode()
    return Kept(subject, header, field.decode(), kept[end:])
