"""Is this text a public key of P-256? The domain keeps no key that nobody can use."""

import binascii
from base64 import b64decode

_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_COORDINATE = 32


def is_p256(text: str) -> bool:
    """Base64 of a DER SubjectPublicKeyInfo whose point lies on the curve."""
    try:
        spki = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    if len(spki) != len(_HEAD) + 2 * _COORDINATE or not spki.startswith(_HEAD):
        return False
    point = spki[len(_HEAD) :]
    x, y = (int.from_bytes(half, "big") for half in (point[:32], point[32:]))
    return x < _P and y < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0
