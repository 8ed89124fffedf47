"""What the topic of keys says: one record for each key, the newest is the one kept."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from infra.vault.key_store import Wrapped

MAGIC = b"GCK1"
KEK = b"kek"
NODE = b"node:"


class Kind(StrEnum):
    """A subject's first record; its key, wrapped anew or said again; its last."""

    CLAIMED = "claimed"
    SAID = "said"
    ERASED = "erased"


class Record(msgspec.Struct, frozen=True, array_like=True):
    """Of a subject: its key, under the KEK of this id and epoch."""

    kind: Kind
    epoch: int = 0
    kek: str = ""
    sealed: bytes = b""

    @property
    def wrapped(self) -> Wrapped:
        return Wrapped(self.kek, self.sealed)


class Current(msgspec.Struct, frozen=True, array_like=True):
    """Of the record KEK: the one that wraps new keys; each has a higher epoch."""

    epoch: int
    kek: str


class Present(msgspec.Struct, frozen=True, array_like=True):
    """Of a node that follows: the KEKs that it could open keys with."""

    keks: tuple[str, ...]


class Heard(NamedTuple):
    """A record as it stands in the topic; `time_ms` is the broker's."""

    offset: int
    key: bytes
    value: bytes | None
    time_ms: int


Told = tuple[bytes, bytes]
"""Key and value of a record that is to be written."""
_encoder = msgspec.msgpack.Encoder()


def told(key: bytes | str, value: msgspec.Struct) -> Told:
    name = key.encode() if isinstance(key, str) else key
    return name, MAGIC + _encoder.encode(value)


def read(value: bytes | None, kind: type[msgspec.Struct]) -> "msgspec.Struct | None":
    """None where it is not ours: then it says nothing."""
    if value is None or value[: len(MAGIC)] != MAGIC:
        return None
    try:
        return msgspec.msgpack.decode(value[len(MAGIC) :], type=kind)
    except msgspec.MsgspecError:
        return None
