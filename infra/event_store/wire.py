"""Frames as the log's records: four bytes of ours, two versions, MessagePack.

A record without the four bytes is of somebody else and has no effect. One that has
them, and cannot be read, stops the node: its neighbours may have read it.
"""

import msgspec

from infra.event_store.errors import LogDiverged
from infra.event_store.frame import Frame
from infra.event_store.rule import RULE_VERSION

FORMAT = 1
FRAME, GENESIS = b"ESLF", b"ESLG"
VERSIONS = bytes((FORMAT, RULE_VERSION))
HEAD_BYTES = len(FRAME) + len(VERSIONS)
NOTHING = Frame(b"", 0, -1, b"", ())
"""What has no effect; the position in the log moves on all the same."""


class Genesis(msgspec.Struct, frozen=True):
    """The first record: which log this is, whatever the topic is called."""

    log_id: str
    shards: int = 1


_encoder = msgspec.msgpack.Encoder()
_frames = msgspec.msgpack.Decoder(Frame)
_genesis = msgspec.msgpack.Decoder(Genesis)


def encode(frame: Frame) -> bytes:
    """Without `refutes`, which is rare, as before that was known."""
    fields = frame if frame.refutes else frame[:-1]
    return FRAME + VERSIONS + _encoder.encode(fields)


def decode(offset: int, record: bytes | None) -> Frame:
    """Raises LogDiverged for a frame of ours that this version cannot read."""
    if record is None or record[: len(FRAME)] != FRAME:
        return NOTHING
    _check_versions(offset, record)
    try:
        return _frames.decode(memoryview(record)[HEAD_BYTES:])
    except msgspec.MsgspecError as error:
        msg = f"Offset {offset} cannot be read: {error}"
        raise LogDiverged(msg) from error


def encode_genesis(genesis: Genesis) -> bytes:
    return GENESIS + VERSIONS + _encoder.encode(genesis)


def decode_genesis(record: bytes | None) -> Genesis:
    """Raises LogDiverged where the log begins with something else."""
    if record is None or record[: len(GENESIS)] != GENESIS:
        msg = "The topic does not begin with a genesis record"
        raise LogDiverged(msg)
    _check_versions(0, record)
    try:
        found = _genesis.decode(record[HEAD_BYTES:])
    except msgspec.MsgspecError as error:
        msg = f"The genesis record cannot be read: {error}"
        raise LogDiverged(msg) from error
    if found.shards != 1:
        msg = f"The log has {found.shards} shards, this version knows 1"
        raise LogDiverged(msg)
    return found


def _check_versions(offset: int, record: bytes) -> None:
    found = record[len(FRAME) : HEAD_BYTES]
    if found != VERSIONS:
        msg = f"Offset {offset} has format and rule {found.hex()}, not {VERSIONS.hex()}"
        raise LogDiverged(msg)
