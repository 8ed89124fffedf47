"""A lane sheet: what a checkpoint's phones must know of the passes that may come."""

from typing import Annotated, Any

import cbor2
import msgspec
from msgspec import Meta

from infra.passes.claims import BODY, IAT, VERSION, Seconds, from_map
from infra.passes.envelope import Kind, array_head, open_frame, signed_frame
from infra.passes.keys import SigningKey
from infra.passes.status import check_lists
from infra.passes.text import pack, unpack
from infra.passes.trust import TrustList, check_version
from projections.gently import gently

LARGEST = 8 << 20
STATUSES = ("valid", "suspended", "revoked", "replaced", "renewed")
"""A row's status travels as its place in this list."""
EFFECTS = ("inform", "check", "turn_back")
"""An instruction's effect too."""
Time = int
"""Seconds since the epoch; 0 where there is none."""


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One pass; the order of the fields is the format. It can be in no cycle."""

    number: str
    short_code: str
    plate: str
    plate_kind: int
    trailer: str
    valid_from: Time
    valid_until: Time
    status: Annotated[int, Meta(ge=0, lt=len(STATUSES))]
    disinfected_until: Time
    crew_count: int
    replaces: str
    replaced_by: str
    last_post: str
    last_time: Time
    window_from: Time
    window_until: Time
    lane: str
    cargo: str = ""


class Diversion(msgspec.Struct, frozen=True, array_like=True):
    lane: str
    status: str
    reason: str
    via: tuple[str, ...] = ()
    until: Time = 0


class Instruction(msgspec.Struct, frozen=True, array_like=True):
    """For plates of these provinces and these goods; empty means any."""

    text: str
    provinces: tuple[str, ...] = ()
    cargo: tuple[str, ...] = ()
    until: Time = 0
    effect: Annotated[int, Meta(ge=0, lt=len(EFFECTS))] = 0


class Sheet(msgspec.Struct, frozen=True, array_like=True):
    checkpoint: str
    phone: str
    rows: tuple[Row, ...]
    diversions: tuple[Diversion, ...]
    instructions: tuple[Instruction, ...]


class OpenedSheet(msgspec.Struct, frozen=True):
    version: int
    issued: int
    sheet: Sheet


class _Claims(msgspec.Struct, frozen=True):
    issued: Seconds
    version: Annotated[int, Meta(ge=0)]
    sheet: Sheet


def sign_sheet(sheet: Sheet, version: int, issued: int, key: SigningKey) -> bytes:
    return sign_body(body_of(sheet), version, issued, key)


def body_of(sheet: Sheet) -> bytes:
    """Its CBOR, row by row and gently: at one go ten thousand rows stop all others."""
    head, tail = (sheet.checkpoint, sheet.phone), (sheet.diversions, sheet.instructions)
    whole = [b"\x85", *map(_dumps, head), array_head(len(sheet.rows))]
    whole += [_dumps(row) for row in gently(sheet.rows)]
    return b"".join([*whole, *map(_dumps, tail)])


def sign_body(body: bytes, version: int, issued: int, key: SigningKey) -> bytes:
    """The three claims in the order of deterministic CBOR."""
    parts = [b"\xa3", *map(_dumps, (IAT, issued, BODY)), body]
    payload = b"".join([*parts, *map(_dumps, (VERSION, version))])
    return pack(signed_frame(payload, key.private_key, key.kid, Kind.LANE_SHEET))


def _dumps(value: Any) -> bytes:
    return cbor2.dumps(msgspec.to_builtins(value), canonical=True)


def open_sheet(packed: bytes, trust: TrustList, last_version: int = 0) -> OpenedSheet:
    """Raises Refused; only a key for lists signs one."""
    frame = unpack(packed, LARGEST)
    claims, key = open_frame(frame, Kind.LANE_SHEET, trust.keys.get)
    check_lists(key.issuer)
    names = {IAT: "issued", VERSION: "version", BODY: "sheet"}
    found = from_map(claims, names, _Claims)
    check_version(found.version, last_version)
    return OpenedSheet(found.version, found.issued, found.sheet)
