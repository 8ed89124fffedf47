"""COSE_Sign1 under ES256, in the one shape that we write and accept.

What nobody has signed never meets a CBOR decoder: the frame is compared and cut byte
by byte, and only a payload whose signature holds is decoded.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol, TypeVar

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from infra.passes.refused import Refused

TAGGED = b"\xd2\x84"
"""Tag 18, an array of four."""
EMPTY_MAP = b"\xa0"
KID_BYTES, SIGNATURE_BYTES, HALF = 8, 64, 32
_ES256 = ec.ECDSA(SHA256())
_HEAD_BYTES = {24: 1, 25: 2, 26: 4}


class Kind(Enum):
    """What was signed, as the `typ` of its header: nothing passes for another kind."""

    PASS = ""
    TRUST_LIST = "application/greenchannel-keys+cwt"
    STATUS_LIST = "application/statuslist+cwt"
    LANE_SHEET = "application/greenchannel-sheet+cwt"


class Verifier(Protocol):
    """Anything that holds the public key of a kid."""

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey: ...


V = TypeVar("V", bound=Verifier)


def header(kid: bytes, kind: Kind) -> bytes:
    """The protected header: alg ES256, kid, and typ unless it is a pass."""
    values: dict[int, Any] = {1: -7, 4: kid}
    if kind.value:
        values[16] = kind.value
    return cbor2.dumps(values, canonical=True)


def seal(claims: Any, key: ec.EllipticCurvePrivateKey, kid: bytes, kind: Kind) -> bytes:
    """Claims in deterministic CBOR, signed and framed."""
    return signed_frame(cbor2.dumps(claims, canonical=True), key, kid, kind)


def signed_frame(
    payload: bytes, key: ec.EllipticCurvePrivateKey, kid: bytes, kind: Kind
) -> bytes:
    protected = header(kid, kind)
    r, s = decode_dss_signature(key.sign(_to_be_signed(protected, payload), _ES256))
    signature = r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")
    parts = (cbor2.dumps(protected), EMPTY_MAP, cbor2.dumps(payload))
    return TAGGED + b"".join(parts) + cbor2.dumps(signature)


def open_frame(
    frame: bytes, kind: Kind, find: Callable[[bytes], V | None]
) -> tuple[dict[Any, Any], V]:
    """The claims and the key that signed them; raises Refused."""
    protected, payload, signature = _cut(frame)
    key = find(_kid(protected, kind))
    if key is None:
        raise Refused("kid", protected[5:13].hex())
    _verify(key.public_key, signature, _to_be_signed(protected, payload))
    return _decoded(payload), key


def _cut(frame: bytes) -> tuple[bytes, bytes, bytes]:
    if not frame.startswith(TAGGED):
        raise Refused("envelope", "no tagged COSE_Sign1")
    protected, at = _byte_string(frame, len(TAGGED))
    if frame[at : at + 1] != EMPTY_MAP:
        raise Refused("envelope", "the unprotected header is not empty")
    payload, at = _byte_string(frame, at + 1)
    signature, at = _byte_string(frame, at)
    if at != len(frame) or len(signature) != SIGNATURE_BYTES:
        raise Refused("envelope", "it does not end with its signature")
    return protected, payload, signature


def _byte_string(frame: bytes, at: int) -> tuple[bytes, int]:
    """A definite byte string in its shortest form, and where it ends."""
    first = frame[at] if at < len(frame) else 0
    size, start = first & 31, at + 1
    if size in _HEAD_BYTES:
        start += _HEAD_BYTES[size]
        size = int.from_bytes(frame[at + 1 : start], "big")
    end = start + size
    if frame[at:start] != _head(0x40, size) or end > len(frame):
        raise Refused("envelope", "no byte string")
    return frame[start:end], end


def array_head(count: int) -> bytes:
    """What stands before the items of an array."""
    return _head(0x80, count)


def _head(major: int, size: int) -> bytes:
    if size < 24:  # noqa: PLR2004 -- RFC 8949
        return bytes([major | size])
    for code, width in _HEAD_BYTES.items():
        if size < 1 << 8 * width:
            return bytes([major | code]) + size.to_bytes(width, "big")
    return b""


def _kid(protected: bytes, kind: Kind) -> bytes:
    """Raises Refused unless the header is ours to the byte."""
    kid = protected[5:13]
    wanted = header(kid, kind)
    if protected == wanted and len(kid) == KID_BYTES:
        return kid
    if protected[:2] == wanted[:2] and protected[2:3] != wanted[2:3]:
        raise Refused("alg", "not ES256")
    raise Refused("envelope", "not the header of this kind")


def _verify(key: ec.EllipticCurvePublicKey, signature: bytes, signed: bytes) -> None:
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), signed, _ES256)
    except InvalidSignature:
        raise Refused("signature") from None


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])


def _decoded(payload: bytes) -> dict[Any, Any]:
    """A map in deterministic CBOR: whatever is written twice, oddly or after is not."""
    try:
        claims = cbor2.loads(payload)
        is_ours = isinstance(claims, dict)
        is_ours = is_ours and cbor2.dumps(claims, canonical=True) == payload
    except Exception as error:
        raise Refused("claims", "unreadable CBOR") from error
    if not is_ours:
        raise Refused("claims", "no deterministic map")
    return claims  # type: ignore[no-any-return]
