"""What a pass says, as a struct of ours and as the claims of a CWT."""

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from domain.values import PlateKind
from infra.passes.refused import Refused

ISS, SUB, EXP, NBF, IAT, CTI = 1, 2, 4, 5, 6, 7
STATUS_INDEX = 65535
BODY, VERSION = -65537, -65538
SERIALS = 10**6
NUMBER_BYTES = 5
CARGO = 12
KINDS = (
    PlateKind.UNKNOWN,
    PlateKind.BLUE,
    PlateKind.YELLOW,
    PlateKind.GREEN,
    PlateKind.WHITE,
    PlateKind.BLACK,
)
"""A plate kind travels as its place in this list."""
REPLACES, RENEWS = 1, 2
"""Flags: the pass took another's place."""

Seconds = Annotated[int, Meta(ge=0, le=2**40)]
DivisionNumber = Annotated[int, Meta(ge=0, le=999_999)]
S = TypeVar("S", bound=msgspec.Struct)


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The vehicle and its route; places are GB/T 2260 codes."""

    plate: Annotated[str, Meta(min_length=1, max_length=24)]
    plate_kind: Annotated[int, Meta(ge=0, lt=len(KINDS))] = 0
    trailer: Annotated[str, Meta(max_length=24)] = ""
    driver: Annotated[str, Meta(max_length=8)] = ""
    id_check: Annotated[bytes, Meta(max_length=3)] = b""
    cargo: Annotated[str, Meta(max_length=CARGO)] = ""
    origin: DivisionNumber = 0
    destination: DivisionNumber = 0
    lane: Annotated[str, Meta(max_length=64)] = ""
    waypoints: Annotated[tuple[DivisionNumber, ...], Meta(max_length=6)] = ()
    flags: Annotated[int, Meta(ge=0, le=255)] = 0
    crew_count: Annotated[int, Meta(ge=1, le=60)] = 1


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The registered claims; times in seconds since the epoch."""

    issuer: Annotated[str, Meta(min_length=1, max_length=80)]
    expires: Seconds
    not_before: Seconds
    issued: Seconds
    number: Annotated[bytes, Meta(min_length=NUMBER_BYTES, max_length=NUMBER_BYTES)]
    status_index: Annotated[int, Meta(ge=0, lt=SERIALS)]
    body: dict[int, Any]


_BODY = dict(enumerate(Body.__struct_fields__, start=1))
_HEAD = dict(
    zip(
        (ISS, EXP, NBF, IAT, CTI, STATUS_INDEX, BODY),
        Head.__struct_fields__,
        strict=True,
    )
)


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """A pass as it is issued: `number` has twelve digits, division code and serial."""

    number: str
    issuer: str
    valid_from: int
    valid_until: int
    issued: int
    body: Body

    @property
    def division(self) -> int:
        return int(self.number) // SERIALS


def to_claims(a_pass: Pass) -> dict[int, Any]:
    number = int(a_pass.number)
    return {
        ISS: a_pass.issuer,
        EXP: a_pass.valid_until,
        NBF: a_pass.valid_from,
        IAT: a_pass.issued,
        CTI: number.to_bytes(NUMBER_BYTES, "big"),
        STATUS_INDEX: number % SERIALS,
        BODY: to_map(a_pass.body, _BODY),
    }


def from_claims(claims: dict[Any, Any]) -> Pass:
    """Raises Refused where a claim is missing, of another type or out of bounds."""
    head = from_map(claims, _HEAD, Head)
    number = int.from_bytes(head.number, "big")
    if head.status_index != number % SERIALS or number >= SERIALS**2:
        raise Refused("claims", "the number and its index differ")
    if head.not_before >= head.expires:
        raise Refused("claims", "it ends before it begins")
    return Pass(
        number=f"{number:012d}",
        issuer=head.issuer,
        valid_from=head.not_before,
        valid_until=head.expires,
        issued=head.issued,
        body=from_map(head.body, _BODY, Body),
    )


def to_map(struct: msgspec.Struct, names: dict[int, str]) -> dict[int, Any]:
    """By small integers; what has its default is left out."""
    told = {f.name: f.default for f in msgspec.structs.fields(struct)}
    values = {key: getattr(struct, name) for key, name in names.items()}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in values.items()
        if value != told[names[key]]
    }


def from_map(found: dict[Any, Any], names: dict[int, str], kind: type[S]) -> S:
    """Keys that we do not know are left to later versions; they are signed too."""
    values = {name: found[key] for key, name in names.items() if key in found}
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise Refused("claims", str(error)) from error
