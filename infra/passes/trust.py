"""The trust list: which key may sign for whom and when, under an offline root."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from infra.passes.claims import BODY, IAT, VERSION, DivisionNumber, Seconds, from_map
from infra.passes.envelope import Kind, open_frame, seal
from infra.passes.keys import EcPublic, PublicKey, SigningKey, from_point, to_point
from infra.passes.refused import Refused
from infra.passes.text import pack, unpack

LARGEST = 1 << 20
LISTS = "lists"
"""The issuer whose keys sign status lists and lane sheets, and no pass."""
_KTY, _KID, _ALG, _CRV, _X, _Y = 1, 2, 3, -1, -2, -3
_EC2, _ES256, _P256 = 2, -7, 1
_COSE = {_KTY: _EC2, _ALG: _ES256, _CRV: _P256}
Coordinate = Annotated[bytes, Meta(min_length=32, max_length=32)]


class TrustedKey(msgspec.Struct, frozen=True):
    """It may sign from `valid_from` until `valid_until`, for its issuer alone."""

    kid: bytes
    issuer: str
    division: int
    valid_from: int
    valid_until: int
    name: str
    phone: str
    public_key: EcPublic

    def may_sign_at(self, time: int, leeway: int) -> bool:
        return self.valid_from - leeway <= time < self.valid_until + leeway


class TrustList(msgspec.Struct, frozen=True):
    version: int
    issued: int
    keys: Mapping[bytes, TrustedKey]


class _Entry(msgspec.Struct, frozen=True):
    kid: Annotated[bytes, Meta(min_length=8, max_length=8)]
    x: Coordinate
    y: Coordinate
    told: tuple[str, DivisionNumber, Seconds, Seconds, str, str]


class _Claims(msgspec.Struct, frozen=True):
    issued: Seconds
    version: Annotated[int, Meta(ge=0)]
    keys: list[dict[int, Any]]


def sign_trust_list(
    keys: Iterable[TrustedKey], version: int, issued: int, root: SigningKey
) -> bytes:
    ordered = sorted(keys, key=lambda key: (key.issuer, key.valid_from, key.kid))
    claims = {IAT: issued, VERSION: version, BODY: [_cose_key(key) for key in ordered]}
    return pack(seal(claims, root.private_key, root.kid, Kind.TRUST_LIST))


def open_trust_list(packed: bytes, root: PublicKey, last_version: int = 0) -> TrustList:
    """Raises Refused, also where it is older than one that was seen."""
    frame = unpack(packed, LARGEST)
    claims, _ = open_frame(
        frame, Kind.TRUST_LIST, lambda kid: root if kid == root.kid else None
    )
    names = {IAT: "issued", VERSION: "version", BODY: "keys"}
    found = from_map(claims, names, _Claims)
    check_version(found.version, last_version)
    keys = map(_trusted, found.keys)
    return TrustList(found.version, found.issued, {key.kid: key for key in keys})


def check_version(version: int, last_version: int) -> None:
    if version < last_version:
        raise Refused("rollback", f"{version} comes after {last_version}")


def _cose_key(key: TrustedKey) -> dict[int, Any]:
    x, y = to_point(key.public_key)
    told = [key.issuer, key.division, key.valid_from, key.valid_until]
    extra = {_KID: key.kid, _X: x, _Y: y, BODY: [*told, key.name, key.phone]}
    return _COSE | extra


def _trusted(found: dict[int, Any]) -> TrustedKey:
    if any(found.get(name) != value for name, value in _COSE.items()):
        raise Refused("claims", "a key that is not ES256")
    entry = from_map(found, {_KID: "kid", _X: "x", _Y: "y", BODY: "told"}, _Entry)
    public = from_point(entry.x, entry.y)
    return TrustedKey(entry.kid, *entry.told, public)
