"""A status list: two bits per serial of one division code, as a Token Status List."""

import zlib
from collections.abc import Mapping
from enum import IntEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from infra.passes.claims import IAT, SERIALS, SUB, VERSION, Seconds, from_map
from infra.passes.envelope import Kind, open_frame, seal
from infra.passes.keys import SigningKey
from infra.passes.refused import Refused
from infra.passes.text import unpack
from infra.passes.trust import LISTS, TrustList, check_version

STATUS_LIST = 65533
BITS = 2
PER_BYTE = 8 // BITS
LARGEST = 1 << 20


class Status(IntEnum):
    VALID = 0
    INVALID = 1
    SUSPENDED = 2


class StatusList(msgspec.Struct, frozen=True):
    division: int
    version: int
    issued: int
    entries: bytes

    def status(self, index: int) -> Status:
        """A serial beyond the list was never anything but valid."""
        if index // PER_BYTE >= len(self.entries):
            return Status.VALID
        found = self.entries[index // PER_BYTE] >> BITS * (index % PER_BYTE)
        return Status(min(found & 3, Status.SUSPENDED))


class _List(msgspec.Struct, frozen=True):
    bits: int
    lst: bytes


class _Claims(msgspec.Struct, frozen=True):
    subject: str
    issued: Seconds
    version: Annotated[int, Meta(ge=0)]
    found: _List


_NAMES = {SUB: "subject", IAT: "issued", VERSION: "version", STATUS_LIST: "found"}


def entries_of(statuses: Mapping[int, Status]) -> bytes:
    """By serial; as long as its last entry that is not valid."""
    found = bytearray(max(statuses, default=-1) // PER_BYTE + 1)
    for index, status in statuses.items():
        found[index // PER_BYTE] |= status << BITS * (index % PER_BYTE)
    return bytes(found)


def sign_status_list(found: StatusList, key: SigningKey) -> bytes:
    packed = zlib.compress(found.entries, 9)
    claims: dict[int, Any] = {
        SUB: subject_of(found.division),
        IAT: found.issued,
        VERSION: found.version,
        STATUS_LIST: {"bits": BITS, "lst": packed},
    }
    return seal(claims, key.private_key, key.kid, Kind.STATUS_LIST)


def open_status_list(
    packed: bytes, trust: TrustList, last_version: int = 0
) -> StatusList:
    """Raises Refused; only a key for lists signs one."""
    frame = unpack(packed, LARGEST)
    claims, key = open_frame(frame, Kind.STATUS_LIST, trust.keys.get)
    found = from_map(claims, _NAMES, _Claims)
    check_lists(key.issuer)
    check_version(found.version, last_version)
    division = found.subject.removeprefix(subject_of(0)[:-6])
    if found.subject != subject_of(int(division) if division.isdecimal() else 0):
        raise Refused("claims", "of no division")
    entries = unpack_entries(found.found)
    return StatusList(int(division), found.version, found.issued, entries)


def subject_of(division: int) -> str:
    """Where the list is served."""
    return f"/v1/status-lists/{division:06d}"


def check_lists(issuer: str) -> None:
    if issuer != LISTS:
        raise Refused("issuer", f"{issuer} signs no lists")


def unpack_entries(found: _List) -> bytes:
    if found.bits != BITS:
        raise Refused("claims", "entries of two bits were wanted")
    largest = SERIALS // PER_BYTE
    machine = zlib.decompressobj()
    try:
        entries = machine.decompress(found.lst, largest + 1)
    except zlib.error:
        raise Refused("zlib") from None
    if len(entries) > largest or not machine.eof:
        raise Refused("size")
    return entries
