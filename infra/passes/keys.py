"""Keys that sign: their ids, and the folder of mode 0600 where they lie."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

from infra import whole_file
from infra.passes.envelope import HALF, KID_BYTES
from infra.passes.refused import Refused

CURVE = ec.SECP256R1()
ROOT = "root"
EcPublic = ec.EllipticCurvePublicKey


class PublicKey(NamedTuple):
    kid: bytes
    public_key: EcPublic


class SigningKey(NamedTuple):
    kid: bytes
    private_key: ec.EllipticCurvePrivateKey

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.kid, self.private_key.public_key())


def new_key() -> SigningKey:
    return _with_kid(ec.generate_private_key(CURVE))


def kid_of(key: EcPublic) -> bytes:
    """The first eight bytes of SHA-256 over the SubjectPublicKeyInfo."""
    return hashlib.sha256(_spki(key)).digest()[:KID_BYTES]


def to_base64(key: EcPublic) -> str:
    """As SigningKeyPublished carries it: Base64 of the SubjectPublicKeyInfo."""
    return base64.b64encode(_spki(key)).decode()


def from_base64(text: str) -> PublicKey:
    """Raises ValueError where it is no key of P-256."""
    key = load_der_public_key(base64.b64decode(text, validate=True))
    if not isinstance(key, EcPublic) or not isinstance(key.curve, ec.SECP256R1):
        msg = "no public key of P-256"
        raise ValueError(msg)  # noqa: TRY004 -- a value read from outside
    return PublicKey(kid_of(key), key)


def to_jwk(key: EcPublic) -> dict[str, str]:
    x, y = to_point(key)
    return {"x": to_base64url(x), "y": to_base64url(y)}


def from_jwk(told: Mapping[str, str]) -> PublicKey:
    """Raises KeyError, ValueError or Refused where it is no point of P-256."""
    key = from_point(_from_base64url(told["x"]), _from_base64url(told["y"]))
    return PublicKey(kid_of(key), key)


def to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_point(key: EcPublic) -> tuple[bytes, bytes]:
    numbers = key.public_numbers()
    return numbers.x.to_bytes(HALF, "big"), numbers.y.to_bytes(HALF, "big")


def from_point(x: bytes, y: bytes) -> EcPublic:
    """Raises Refused where the point is not on the curve."""
    try:
        return EcPublic.from_encoded_point(CURVE, b"\x04" + x + y)
    except ValueError:
        raise Refused("claims", "a key that is not on its curve") from None


class KeyFolder:
    """Private keys as PEM, a file each, named by kid; the root under its own name.

    `root.pub` stays when `root.pem` is taken away to a machine without a network.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, kid: bytes) -> SigningKey | None:
        return self._read(kid.hex())

    def make(self) -> SigningKey:
        key = new_key()
        self._write(f"{key.kid.hex()}.pem", to_pem(key))
        return key

    def root(self) -> SigningKey | None:
        return self._read(ROOT)

    def root_public(self) -> PublicKey | None:
        path = self.folder / f"{ROOT}.pub"
        return from_base64(path.read_text().strip()) if path.exists() else None

    def make_root(self) -> SigningKey:
        """Raises FileExistsError where there was one."""
        key = new_key()
        self._write(f"{ROOT}.pem", to_pem(key))
        self._write(f"{ROOT}.pub", to_base64(key.public.public_key).encode())
        return key

    def _read(self, name: str) -> SigningKey | None:
        path = self.folder / f"{name}.pem"
        return read_key(path) if path.exists() else None

    def _write(self, name: str, content: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.create(self.folder / name, content)


def read_key(path: Path) -> SigningKey:
    """Raises ValueError where the file holds no private key of P-256."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = f"{path.name} holds no key of P-256"
        raise ValueError(msg)  # noqa: TRY004 -- a value read from outside
    return _with_kid(key)


def _with_kid(key: ec.EllipticCurvePrivateKey) -> SigningKey:
    return SigningKey(kid_of(key.public_key()), key)


def _spki(key: EcPublic) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def to_pem(key: SigningKey) -> bytes:
    return key.private_key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
