"""The text of a QR code: GC1: and Base45; zlib is read where it was shorter."""

import zlib

from base45 import b45decode, b45encode

from infra.passes.envelope import TAGGED
from infra.passes.refused import Refused

PREFIX = "GC1:"
LONGEST_TEXT = 1024
LARGEST_PASS = 2048
_ZLIB = 0x78


def to_text(frame: bytes) -> str:
    """Plain: zlib makes a pass longer."""
    return f"{PREFIX}{b45encode(frame).decode()}"


def from_text(text: str) -> bytes:
    """The frame in a QR code's text; raises Refused."""
    if not text.startswith(PREFIX):
        raise Refused("prefix", "not one of our passes")
    if len(text) > LONGEST_TEXT:
        raise Refused("size")
    try:
        packed = b45decode(text.removeprefix(PREFIX).encode("ascii"))
    except ValueError:
        raise Refused("base45") from None
    return unpack(packed, LARGEST_PASS)


def pack(frame: bytes) -> bytes:
    """The smaller of the frame and its zlib form: their first bytes tell them apart."""
    return min(frame, zlib.compress(frame, 9), key=len)


def unpack(packed: bytes, largest: int) -> bytes:
    """The frame, never more than `largest` bytes of it; raises Refused."""
    if packed.startswith(TAGGED[:1]):
        frame = packed
    elif packed[:1] == bytes([_ZLIB]):
        frame = _inflate(packed, largest)
    else:
        raise Refused("envelope", "neither COSE_Sign1 nor zlib")
    if len(frame) > largest:
        raise Refused("size")
    return frame


def _inflate(packed: bytes, largest: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        frame = machine.decompress(packed, largest + 1)
    except zlib.error:
        raise Refused("zlib") from None
    if len(frame) > largest:
        raise Refused("size")
    if not machine.eof or machine.unused_data:
        raise Refused("zlib", "cut short or continued")
    return frame
