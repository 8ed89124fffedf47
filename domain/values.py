"""Value objects and bounded scalar types of the ubiquitous language."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s/?#\\]+$")]
"""An identifier chosen by people or their systems: no blanks, no slashes."""
ShipmentId = Annotated[
    str, Meta(min_length=1, max_length=129, pattern=r"^[^\s/?#\\]+$")
]
"""{organisation}.{document_no}: two identifiers and a dot."""
FactId = Annotated[str, Meta(min_length=8, max_length=64, pattern=r"^[0-9A-Za-z.-]+$")]
"""Made by the reporter, UUIDv7 by custom; equal ids are one fact."""
Reference = Annotated[str, Meta(pattern=r"^([0-9a-f]{32})?$")]
"""128 random bits in hexadecimal; who knows them may read an application's status."""
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hexadecimal."""
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=1000)]
NOBODY = "Kept readable for good: nobody's name, telephone or ID number"
FreeText = Annotated[str, Meta(max_length=1000, description=NOBODY)]
Item = Annotated[str, Meta(min_length=1, max_length=100, description=NOBODY)]
"""What people type in their own words: not sealed, as what is personal has fields."""
PlateText = Annotated[str, Meta(min_length=1, max_length=24)]
Cases = Annotated[int, Meta(ge=0, le=100_000)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Occurrence = Annotated[int, Meta(ge=1, le=9999)]
Crew = Annotated[int, Meta(ge=0, le=60)]
Kilograms = Annotated[float, Meta(ge=0, le=200_000)]
Minutes = Annotated[int, Meta(ge=0, le=10_080)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Code = Annotated[str, Meta(max_length=64)]
"""What a phone wrote down, however spelt: a device, a pass number."""
Phone = Annotated[str, Meta(max_length=30)]
Lap = Annotated[int, Meta(ge=1, le=9999)]
PassSerial = Annotated[int, Meta(ge=0, le=999_999)]
Days = Annotated[int, Meta(ge=0, le=366)]
Goods = Annotated[
    dict[Annotated[str, Meta(max_length=32)], Cases], Meta(max_length=100)
]
"""Cases per line code, as they travel; what is stored may hold more of them."""
Serial = Annotated[int, Meta(ge=0, le=2**53)]
"""A sequence or a version: what every JSON reader and SQLite can hold."""
SkewSeconds = Annotated[float, Meta(ge=-5e9, le=5e9)]
"""A phone's clock less the node's: up to a century and a half, either way."""
Cny = Decimal
"""Yuan with at most two decimals; holders check it with `check_cny`."""

MAX_CNY = Decimal(10) ** 12
MAX_DELIVERED_CNY = Decimal(10) ** 9
MAX_PRICE_CNY = Decimal(10) ** 5
"""Of one delivery and of one case, as told from now on: sums stay exact in 64 bits."""


class Role(StrEnum):
    """What a key or a session may be used for; one rule per route names them."""

    FIRM = "firm"
    DRIVER = "driver"
    CHECKPOINT = "checkpoint"
    REVIEWER = "reviewer"
    LIAISON = "liaison"
    COORDINATOR = "coordinator"
    ADMIN = "admin"


Roles = Annotated[tuple[Role, ...], Meta(max_length=20)]
STAFF = frozenset({Role.REVIEWER, Role.LIAISON, Role.COORDINATOR, Role.ADMIN})
"""Roles that speak for the programme rather than for one organisation."""


class Sector(StrEnum):
    AGRICULTURE = "agriculture"
    FOOD = "food"
    PHARMACEUTICAL = "pharmaceutical"
    MATERIALS = "materials"
    MANUFACTURING = "manufacturing"
    LOGISTICS = "logistics"
    RETAIL = "retail"
    OTHER = "other"


class NeedCategory(StrEnum):
    TRANSPORT = "transport"
    FINANCING = "financing"
    STAFFING = "staffing"
    SUPPLIES = "supplies"
    APPROVAL = "approval"
    COURIER = "courier"


class Instrument(StrEnum):
    LOAN = "loan"
    ACCEPTANCE_BILL = "acceptance_bill"


class PlateKind(StrEnum):
    """Plate colours of GA 36: what the barrier sees first."""

    BLUE = "blue"
    YELLOW = "yellow"
    GREEN = "green"
    WHITE = "white"
    BLACK = "black"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    OUTWARD = "outward"
    RETURN = "return"


class Verdict(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class ScanDecision(StrEnum):
    ADMITTED = "admitted"
    HELD = "held"
    TURNED_BACK = "turned_back"


class InstructionEffect(StrEnum):
    """What an instruction does to the verdict: nothing, amber, red."""

    INFORM = "inform"
    CHECK = "check"
    TURN_BACK = "turn_back"


class ScanSource(StrEnum):
    APP = "app"
    PAPER = "paper"
    OTHER_POST = "other_post"


class WriteOffReason(StrEnum):
    DAMAGED = "damaged"
    SPOILED = "spoiled"
    LOST = "lost"


class ReplacementReason(StrEnum):
    BREAKDOWN = "breakdown"
    ACCIDENT = "accident"
    TRAILER_CHANGED = "trailer_changed"
    OTHER = "other"


class PlaceKind(StrEnum):
    ORIGIN = "origin"
    TOWN = "town"
    COMMUNITY = "community"
    STATION = "station"
    TOLL = "toll"
    LANDMARK = "landmark"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Flag(StrEnum):
    """What was odd about an accepted event, as known when it was recorded."""

    ZONE_ASSUMED = "zone_assumed"
    TIME_ASSUMED = "time_assumed"
    CLOCK_AHEAD = "clock_ahead"
    LATE = "late"
    PLATE_UNKNOWN_SHAPE = "plate_unknown_shape"
    PLATE_MISSING = "plate_missing"
    NOT_BOOKED = "not_booked"
    BOOKING_DIFFERS = "booking_differs"
    SHIPMENT_CLOSED = "shipment_closed"
    BALANCE_EXCEEDED = "balance_exceeded"
    WEIGHING_LOSS_EXCEEDED = "weighing_loss_exceeded"
    LINE_UNKNOWN = "line_unknown"
    STOP_UNKNOWN = "stop_unknown"
    SHORT = "short"
    OUTSIDE_WINDOW = "outside_window"
    VEHICLE_UNEXPECTED = "vehicle_unexpected"
    PASS_MISSING = "pass_missing"  # noqa: S105 -- a vehicle pass, not a password
    PASS_NOT_VALID = "pass_not_valid"  # noqa: S105 -- a vehicle pass
    CREW_MISMATCH = "crew_mismatch"
    CHECKPOINT_CLOSED = "checkpoint_closed"
    LANE_CLOSED = "lane_closed"
    ALREADY_LAPSED = "already_lapsed"
    PAPER = "paper"
    ASSUMED = "assumed"
    CORRECTS_UNKNOWN = "corrects_unknown"
    UNREGISTERED = "unregistered"
    STAFF_EXCEEDS_TOTAL = "staff_exceeds_total"
    REPEATED = "repeated"
    DEVICE_UNKNOWN = "device_unknown"
    DEVICE_REVOKED = "device_revoked"
    ID_NUMBER_TAKEN_OUT = "id_number_taken_out"


class GeoPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A WGS-84 position in decimal degrees."""

    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]


class Waypoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A point of a lane; with its county's code (GB/T 2260) it stands on passes."""

    name: Name
    point: GeoPoint
    division_code: Annotated[str, Meta(pattern=r"^([0-9]{6})?$")] = ""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of goods on a shipment, known by its `code` (say the grade 80#)."""

    code: Annotated[str, Meta(min_length=1, max_length=32)]
    cases: Cases
    case_mass_kg: Kilograms
    unit_price_cny: Cny

    def __post_init__(self) -> None:
        check_cny(self.unit_price_cny)


class Stop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A community to be served; `planned` counts cases per line code."""

    place: Id
    planned: dict[str, Cases] = {}
    window_from: datetime | None = None
    window_until: datetime | None = None


class Reporter(msgspec.Struct, frozen=True):
    """Who speaks: key or session id, the organisation it speaks for, its roles."""

    id: str
    organisation: str = ""
    roles: frozenset[Role] = frozenset()
    issuer: str = ""
    """Whose applications a reviewer decides: a county bureau's or a town's."""

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    def may_speak_for(self, organisation: str) -> bool:
        return self.is_staff or self.organisation == organisation

    @property
    def sees_only(self) -> str:
        """The issuer to which a reviewer's sight is narrowed; empty: sees all."""
        is_wide = self.roles & {Role.LIAISON, Role.COORDINATOR, Role.ADMIN}
        return "" if is_wide else self.issuer

    def reviews_for(self, issuer: str) -> bool:
        is_reviewer = Role.REVIEWER in self.roles and self.issuer == issuer
        return is_reviewer or Role.ADMIN in self.roles


NODE = Reporter("node", roles=frozenset({Role.ADMIN}))
"""What a node does of itself."""


def check_cny(amount: Decimal, most: Decimal = MAX_CNY) -> None:
    """Raise ValueError unless `amount` is a payable sum: finite, two decimals."""
    if not (amount.is_finite() and 0 <= amount <= most):
        msg = f"an amount in yuan lies between 0 and {most:,}"
        raise ValueError(msg)
    if amount != amount.quantize(Decimal("0.01")):
        msg = "an amount in yuan has at most two decimals"
        raise ValueError(msg)
