"""What may be asked of the domain: one imperative Struct per command.

A command carries who speaks (`by`) and names its own stream; it carries no clock.
Their field types are the wire types of the API too, bounds included.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, get_args

import msgspec
from msgspec import Meta

from domain.geo.datum import Datum
from domain.papers import (
    Documents,
    Escorts,
    GoodsCategory,
    LicenceClass,
    OwnerKind,
    Purpose,
    SealedPerson,
    Subject,
)
from domain.plates import PROVINCES
from domain.values import (
    MAX_CNY,
    MAX_DELIVERED_CNY,
    MAX_PRICE_CNY,
    Cases,
    Cny,
    Code,
    Count,
    Crew,
    Days,
    Digest,
    Direction,
    FactId,
    Flag,
    FreeText,
    GeoPoint,
    Goods,
    Id,
    InstructionEffect,
    Instrument,
    Item,
    Kilograms,
    Lap,
    Line,
    Minutes,
    Name,
    NeedCategory,
    Occurrence,
    PassSerial,
    Percent,
    Phone,
    PlaceKind,
    PlateKind,
    PlateText,
    Reference,
    ReplacementReason,
    Reporter,
    Roles,
    ScanDecision,
    ScanSource,
    Sector,
    Serial,
    Severity,
    ShipmentId,
    SkewSeconds,
    Stop,
    Text,
    Verdict,
    Waypoint,
    WriteOffReason,
    check_cny,
)

NOBODY = Reporter("")
Lines = Annotated[tuple[Line, ...], Meta(max_length=100)]
Stops = Annotated[tuple[Stop, ...], Meta(max_length=200)]
Waypoints = Annotated[tuple[Waypoint, ...], Meta(max_length=10_000)]
Posts = Annotated[tuple[Id, ...], Meta(max_length=200)]
Province = Annotated[str, Meta(pattern=f"^[{PROVINCES}]$")]
"""As a plate begins: 鲁. Another word would never match, and nobody would know."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A request; it can be refused."""

    by: Reporter = NOBODY

    @property
    def stream(self) -> str:
        raise NotImplementedError


class Report(Command, frozen=True, kw_only=True):
    """A report of what happened; it is accepted and flagged.

    Without `event_time` it happened when it is recorded; `flags` are set by the edge.
    """

    event_time: datetime | None = None
    fact_id: FactId = ""
    flags: tuple[Flag, ...] = ()


class _Enterprise(Command, frozen=True, kw_only=True):
    enterprise_id: Id

    @property
    def stream(self) -> str:
        return f"enterprise:{self.enterprise_id}"


class _EnterpriseReport(Report, frozen=True, kw_only=True):
    enterprise_id: Id

    @property
    def stream(self) -> str:
        return f"enterprise:{self.enterprise_id}"


class RegisterEnterprise(_Enterprise, frozen=True, kw_only=True):
    name: Name
    credit_code: Code
    town: Name
    sector: Sector
    above_scale: bool = True
    staff_total: Count = 0


class AssignLiaison(_Enterprise, frozen=True, kw_only=True):
    officer: Id


class ReportLiaisonVisit(_EnterpriseReport, frozen=True, kw_only=True):
    officer: Id
    note: FreeText = ""


class RequestResumption(_Enterprise, frozen=True, kw_only=True):
    note: FreeText = ""


class ApproveResumption(_Enterprise, frozen=True, kw_only=True):
    note: FreeText = ""


class RefuseResumption(_Enterprise, frozen=True, kw_only=True):
    reason: FreeText


class ReportResumption(_EnterpriseReport, frozen=True, kw_only=True):
    pass


class ReportStaff(_EnterpriseReport, frozen=True, kw_only=True):
    on_site: Count
    total: Count


class GrantMeasure(_Enterprise, frozen=True, kw_only=True):
    measure: Name
    amount_cny: Cny | None = None

    def __post_init__(self) -> None:
        _check(self.amount_cny)


class _Need(Command, frozen=True, kw_only=True):
    need_id: Id

    @property
    def stream(self) -> str:
        return f"need:{self.need_id}"


class RaiseNeed(_Need, frozen=True, kw_only=True):
    enterprise: Id
    category: NeedCategory
    summary: FreeText


class AssignNeed(_Need, frozen=True, kw_only=True):
    lead_unit: Name
    due_time: datetime


class ReportNeedProgress(_Need, frozen=True, kw_only=True):
    note: FreeText


class EscalateNeed(_Need, frozen=True, kw_only=True):
    to_unit: Name
    reason: FreeText


class ResolveNeed(_Need, frozen=True, kw_only=True):
    on_site: bool = False
    note: FreeText = ""
    amount_cny: Cny | None = None
    instrument: Instrument | None = None
    lender: Text = ""

    def __post_init__(self) -> None:
        _check(self.amount_cny)


class ConfirmNeed(_Need, frozen=True, kw_only=True):
    satisfied: bool
    note: FreeText = ""


class ReopenNeed(_Need, frozen=True, kw_only=True):
    reason: FreeText


class OpenIssuer(Command, frozen=True, kw_only=True):
    issuer: Id
    name: Name
    division_code: Code
    serial_from: PassSerial
    serial_until: PassSerial
    validity_days: Days
    phone: Phone = ""

    @property
    def stream(self) -> str:
        return f"issuer:{self.issuer}"


class _Pass(Command, frozen=True, kw_only=True):
    pass_id: Id

    @property
    def stream(self) -> str:
        return f"pass:{self.pass_id}"


class DraftPass(_Pass, frozen=True, kw_only=True):
    """First contact; a liaison officer may draft `on_behalf_of` an enterprise.

    Only the SHA-256 of `reference` is kept; the server makes one where it is missing.
    """

    organisation: Id
    issuer: Id
    plate: PlateText
    plate_kind: PlateKind
    first_contact_time: datetime | None = None
    on_behalf_of: Code = ""
    replaces: Code = ""
    renews: Code = ""
    reference: Reference = ""


class RequestPass(_Pass, frozen=True, kw_only=True):
    """Submit the complete application; `crew_count` counts the driver too.

    `same_persons` takes whoever is not named here from the application that this one
    renews or replaces; who sends it need not be able to read them.
    """

    plate: PlateText
    plate_kind: PlateKind
    trailer: Code = ""
    vehicle_type: Text = ""
    gross_mass_kg: Kilograms = 0
    rated_load_kg: Kilograms = 0
    road_transport_permit: Code = ""
    crew_count: Crew = 1
    goods: Text = ""
    lane: Code = ""
    valid_from: datetime
    valid_until: datetime
    load_kg: Kilograms = 0
    seats: Crew = 0
    inspection_valid_until: date | None = None
    owner: Text = ""
    owner_kind: OwnerKind = OwnerKind.ORGANISATION
    owner_person: SealedPerson | None = None
    driver: SealedPerson | None = None
    licence_class: LicenceClass = ""
    crew: Escorts = ()
    goods_category: GoodsCategory | None = None
    return_from: datetime | None = None
    return_until: datetime | None = None
    declaration: bool = False
    documents: Documents = ()
    same_persons: bool = False


class RequestPassInformation(_Pass, frozen=True, kw_only=True):
    missing: Annotated[tuple[Item, ...], Meta(max_length=50)]
    note: FreeText = ""


class SupplyPassInformation(_Pass, frozen=True, kw_only=True):
    note: FreeText = ""
    documents: Documents = ()


class ApprovePass(_Pass, frozen=True, kw_only=True):
    """`salt` is random and the server's: it keeps the short code from being guessed."""

    salt: str = ""


class RefusePass(_Pass, frozen=True, kw_only=True):
    reason: FreeText


class CollectPass(Report, frozen=True, kw_only=True):
    pass_id: Id

    @property
    def stream(self) -> str:
        return f"pass:{self.pass_id}"


class SuspendPass(_Pass, frozen=True, kw_only=True):
    reason: FreeText


class ReinstatePass(_Pass, frozen=True, kw_only=True):
    reason: FreeText


class RevokePass(_Pass, frozen=True, kw_only=True):
    reason: FreeText


class RevealPersons(_Pass, frozen=True, kw_only=True):
    """Read who is named in the application; who reads, and why, is recorded first."""

    purpose: Purpose = Purpose.REVIEW


class ErasePassPersons(_Pass, frozen=True, kw_only=True):
    """Erase everybody whom the application names."""

    reason: FreeText = ""


class _Person(Command, frozen=True, kw_only=True):
    subject: Subject

    @property
    def stream(self) -> str:
        return f"person:{self.subject}"


class ErasePerson(_Person, frozen=True, kw_only=True):
    reason: FreeText = ""


class MarkPersonErased(_Person, frozen=True, kw_only=True):
    """Once the key is gone."""


class _Document(Command, frozen=True, kw_only=True):
    hash: Digest

    @property
    def stream(self) -> str:
        return f"document:{self.hash}"


class RevealDocument(_Document, frozen=True, kw_only=True):
    """Look at a document of the application; who looks, and why, is recorded first."""

    pass_id: Id
    purpose: Purpose = Purpose.REVIEW


class MarkDocumentErased(_Document, frozen=True, kw_only=True):
    """Once its key and its file are gone; `passes` are those that name it."""

    passes: tuple[Id, ...]


class _Vehicle(Command, frozen=True, kw_only=True):
    plate: PlateText
    plate_kind: PlateKind

    @property
    def stream(self) -> str:
        return f"vehicle:{self.plate}:{self.plate_kind}"


class RegisterVehicle(_Vehicle, frozen=True, kw_only=True):
    organisation: Id
    vehicle_type: Text = ""
    gross_mass_kg: Kilograms = 0
    rated_load_kg: Kilograms = 0


class AssignDevice(_Vehicle, frozen=True, kw_only=True):
    """`datum` is what the device calls a longitude; most send WGS-84."""

    device: Id
    from_time: datetime | None = None
    datum: Datum = Datum.WGS84


class ReleasePass(_Vehicle, frozen=True, kw_only=True):
    """Free the vehicle for another pass: the one that it holds now is revoked."""

    reason: FreeText


class _Shipment(Command, frozen=True, kw_only=True):
    shipment_id: ShipmentId

    @property
    def stream(self) -> str:
        return f"shipment:{self.shipment_id}"


class _ShipmentReport(Report, frozen=True, kw_only=True):
    shipment_id: ShipmentId

    @property
    def stream(self) -> str:
        return f"shipment:{self.shipment_id}"


class BookShipment(_Shipment, frozen=True, kw_only=True):
    organisation: Id
    document_no: Id
    lane: Code = ""
    courier: bool = False
    lines: Lines = ()
    stops: Stops = ()

    def __post_init__(self) -> None:
        _check_booking(self.lines, self.stops)


class PickUpGoods(_ShipmentReport, frozen=True, kw_only=True):
    """The firm's one call: books the shipment if it is new, records the pickup.

    Without `goods` everything booked was picked up.
    """

    organisation: Id
    document_no: Id
    plate: PlateText
    plate_kind: PlateKind = PlateKind.UNKNOWN
    trailer: Code = ""
    crew_count: Crew = 1
    place: Code = ""
    goods: Goods | None = None
    mass_kg: Kilograms | None = None
    lane: Code = ""
    courier: bool = False
    lines: Lines = ()
    stops: Stops = ()

    def __post_init__(self) -> None:
        _check_booking(self.lines, self.stops)


class ReportDeparture(_ShipmentReport, frozen=True, kw_only=True):
    place: Code = ""


class ReportCheckpoint(_ShipmentReport, frozen=True, kw_only=True):
    checkpoint: Id
    direction: Direction
    lap: Lap = 1


class ReportArrival(_ShipmentReport, frozen=True, kw_only=True):
    stop: Id


class DeliverGoods(_ShipmentReport, frozen=True, kw_only=True):
    stop: Id
    goods: Goods
    mass_kg: Kilograms | None = None
    amount_cny: Cny | None = None
    note: FreeText = ""

    def __post_init__(self) -> None:
        _check(self.amount_cny, MAX_DELIVERED_CNY)


class ReportRefusal(_ShipmentReport, frozen=True, kw_only=True):
    stop: Id
    goods: Goods
    mass_kg: Kilograms | None = None
    reason: FreeText


class WriteOffGoods(_ShipmentReport, frozen=True, kw_only=True):
    goods: Goods
    mass_kg: Kilograms | None = None
    reason: WriteOffReason
    stop: Code = ""
    note: FreeText = ""


class ReturnGoods(_ShipmentReport, frozen=True, kw_only=True):
    goods: Goods
    mass_kg: Kilograms | None = None
    place: Code = ""


class ReplaceVehicle(_ShipmentReport, frozen=True, kw_only=True):
    plate: PlateText
    plate_kind: PlateKind
    trailer: Code = ""
    reason: ReplacementReason
    cases_moved: Cases = 0
    note: FreeText = ""


class ReportBreakdown(_ShipmentReport, frozen=True, kw_only=True):
    note: FreeText = ""


class ChangeCrew(_ShipmentReport, frozen=True, kw_only=True):
    crew_count: Crew
    reason: FreeText = ""


class RerouteShipment(_ShipmentReport, frozen=True, kw_only=True):
    lane: Id
    reason: FreeText = ""


class StartReturn(_ShipmentReport, frozen=True, kw_only=True):
    empty: bool = True


class CompleteShipment(_ShipmentReport, frozen=True, kw_only=True):
    pass


class CancelShipment(_Shipment, frozen=True, kw_only=True):
    reason: FreeText


class CorrectFact(_ShipmentReport, frozen=True, kw_only=True):
    corrects: FactId
    reason: FreeText
    did_not_occur: bool = False
    corrected_time: datetime | None = None
    goods: Goods | None = None
    mass_kg: Kilograms | None = None
    amount_cny: Cny | None = None

    def __post_init__(self) -> None:
        _check(self.amount_cny, MAX_DELIVERED_CNY)


class _Lane(Command, frozen=True, kw_only=True):
    lane: Id

    @property
    def stream(self) -> str:
        return f"lane:{self.lane}"


class OpenLane(_Lane, frozen=True, kw_only=True):
    name: Name
    waypoints: Waypoints
    checkpoints: Posts = ()
    dead_zones: Annotated[tuple[Name, ...], Meta(max_length=200)] = ()
    from_time: datetime | None = None
    until_time: datetime | None = None


class DivertLane(_Lane, frozen=True, kw_only=True):
    via: Waypoints = ()
    reason: FreeText
    until_time: datetime | None = None
    substitutes: Posts = ()


class ReopenLane(_Lane, frozen=True, kw_only=True):
    reason: FreeText = ""


class CloseLane(_Lane, frozen=True, kw_only=True):
    reason: FreeText


class _Place(Command, frozen=True, kw_only=True):
    place: Id

    @property
    def stream(self) -> str:
        return f"place:{self.place}"


class RegisterPlace(_Place, frozen=True, kw_only=True):
    name: Name
    kind: PlaceKind
    point: GeoPoint
    is_verified: bool = False
    source: Text = ""


class VerifyPlace(_Place, frozen=True, kw_only=True):
    point: GeoPoint


class _Checkpoint(Command, frozen=True, kw_only=True):
    checkpoint: Id

    @property
    def stream(self) -> str:
        return f"checkpoint:{self.checkpoint}"


class OpenCheckpoint(_Checkpoint, frozen=True, kw_only=True):
    name: Name
    lane: Code
    point: GeoPoint
    phone: Phone = ""
    is_verified: bool = False


class MoveCheckpoint(_Checkpoint, frozen=True, kw_only=True):
    """`is_verified` where somebody stood there; else its fence is disarmed."""

    point: GeoPoint
    reason: FreeText = ""
    is_verified: bool = False


class CloseCheckpoint(_Checkpoint, frozen=True, kw_only=True):
    reason: FreeText = ""


class PostInstruction(_Checkpoint, frozen=True, kw_only=True):
    text: FreeText
    plate_provinces: Annotated[tuple[Province, ...], Meta(max_length=40)] = ()
    cargo: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    effect: InstructionEffect = InstructionEffect.INFORM
    from_time: datetime | None = None
    until_time: datetime | None = None


class HandOverShift(Report, frozen=True, kw_only=True):
    checkpoint: Id
    unsent: Count
    held: Count
    battery_percent: Percent
    sheet_age_minutes: Minutes = 0

    @property
    def stream(self) -> str:
        return f"checkpoint:{self.checkpoint}"


class RecordScan(Report, frozen=True, kw_only=True):
    """A scan that happened; its time is stored as reported, however odd.

    `skew_seconds` is what the phone's clock shows less what the node's does, as last
    measured; `lists` the position that each list on the phone was made at.
    """

    fact_id: FactId
    checkpoint: Id
    direction: Direction
    plate: Code = ""
    plate_kind: PlateKind = PlateKind.UNKNOWN
    pass_number: Code = ""
    verdict: Verdict
    reason: FreeText = ""
    decision: ScanDecision
    crew_count: Crew | None = None
    temperature_normal: bool | None = None
    device: Code = ""
    sequence: Serial | None = None
    skew_seconds: SkewSeconds = 0
    lists: Annotated[dict[Code, Serial], Meta(max_length=16)] = {}
    source: ScanSource = ScanSource.APP
    assumed: bool = False

    @property
    def stream(self) -> str:
        return f"scan:{self.fact_id}"


class RecordDisinfection(Report, frozen=True, kw_only=True):
    """Without `valid_until` the programme's validity applies."""

    fact_id: FactId
    plate: PlateText
    plate_kind: PlateKind = PlateKind.UNKNOWN
    station: Name
    agent: Name
    valid_until: datetime | None = None

    @property
    def stream(self) -> str:
        return f"disinfection:{self.fact_id}"


class ReportWait(Report, frozen=True, kw_only=True):
    fact_id: FactId
    checkpoint: Id
    direction: Direction
    wait_minutes: Minutes

    @property
    def stream(self) -> str:
        return f"wait:{self.fact_id}"


class _Alert(Command, frozen=True, kw_only=True):
    alert_id: Id

    @property
    def stream(self) -> str:
        return f"alert:{self.alert_id}"


class RaiseAlert(_Alert, frozen=True, kw_only=True):
    """`alert_id` is kind:subject:onset, the same on every node.

    What was resolved and is found again is the next occurrence; one that was is known.
    """

    kind: Id
    subject: Id
    onset_time: datetime
    severity: Severity
    details: Annotated[dict[Code, Text], Meta(max_length=20)] = {}
    occurrence: Occurrence = 1


class AcknowledgeAlert(_Alert, frozen=True, kw_only=True):
    pass


class AssignAlert(_Alert, frozen=True, kw_only=True):
    to: Name


class MuteAlert(_Alert, frozen=True, kw_only=True):
    until_time: datetime


class ResolveAlert(_Alert, frozen=True, kw_only=True):
    """With `occurrence` a later one stays open: who asks may be behind."""

    note: FreeText = ""
    occurrence: Occurrence | None = None


class ClaimNotice(_Alert, frozen=True, kw_only=True):
    node: Id
    until_time: datetime


class MarkNoticeSent(_Alert, frozen=True, kw_only=True):
    node: Id
    channel: Name


class _Access(Command, frozen=True, kw_only=True):
    access_id: Id

    @property
    def stream(self) -> str:
        return f"access:{self.access_id}"


class IssueKey(_Access, frozen=True, kw_only=True):
    secret_hash: Digest
    name: Name
    organisation: Code = ""
    roles: Roles
    expires_time: datetime
    zone: Code = "Asia/Shanghai"
    issuer: Code = ""


class RevokeKey(_Access, frozen=True, kw_only=True):
    reason: FreeText = ""


class Invite(_Access, frozen=True, kw_only=True):
    secret_hash: Digest
    name: Name
    organisation: Code = ""
    roles: Roles
    checkpoint: Code = ""
    issuer: Code = ""
    expires_time: datetime


class AcceptInvitation(_Access, frozen=True, kw_only=True):
    secret_hash: Digest
    pin_hash: str = ""


class PublishSigningKey(_Access, frozen=True, kw_only=True):
    issuer: Id
    public_key: Text
    from_time: datetime
    until_time: datetime


class _Device(Command, frozen=True, kw_only=True):
    device: Id

    @property
    def stream(self) -> str:
        return f"device:{self.device}"


class EnrolDevice(_Device, frozen=True, kw_only=True):
    name: Name
    organisation: Code = ""
    checkpoint: Code = ""


class RevokeDevice(_Device, frozen=True, kw_only=True):
    reason: FreeText = ""


def _check(amount: Cny | None, most: Decimal = MAX_CNY) -> None:
    if amount is not None:
        check_cny(amount, most)


def _check_booking(lines: Lines, stops: Stops) -> None:
    """What is stored in these shapes may be wider: it was promised so."""
    for line in lines:
        check_cny(line.unit_price_cny, MAX_PRICE_CNY)
    for stop in stops:
        msgspec.convert(stop.planned, Goods)


EnterpriseCommand = (
    RegisterEnterprise
    | AssignLiaison
    | ReportLiaisonVisit
    | RequestResumption
    | ApproveResumption
    | RefuseResumption
    | ReportResumption
    | ReportStaff
    | GrantMeasure
)
NeedCommand = (
    RaiseNeed
    | AssignNeed
    | ReportNeedProgress
    | EscalateNeed
    | ResolveNeed
    | ConfirmNeed
    | ReopenNeed
)
PassCommand = (
    RequestPassInformation
    | SupplyPassInformation
    | RefusePass
    | CollectPass
    | SuspendPass
    | ReinstatePass
)
PersonCommand = ErasePerson | MarkPersonErased
VehicleCommand = RegisterVehicle | AssignDevice
ShipmentReport = (
    ReportDeparture
    | ReportCheckpoint
    | ReportArrival
    | DeliverGoods
    | ReportRefusal
    | WriteOffGoods
    | ReturnGoods
    | ReplaceVehicle
    | ReportBreakdown
    | ChangeCrew
    | RerouteShipment
    | StartReturn
    | CompleteShipment
    | CorrectFact
)
ShipmentCommand = BookShipment | CancelShipment | ShipmentReport
LaneCommand = OpenLane | DivertLane | ReopenLane | CloseLane
PlaceCommand = RegisterPlace | VerifyPlace
CheckpointCommand = (
    OpenCheckpoint | MoveCheckpoint | CloseCheckpoint | PostInstruction | HandOverShift
)
AlertCommand = (
    RaiseAlert
    | AcknowledgeAlert
    | AssignAlert
    | MuteAlert
    | ResolveAlert
    | ClaimNotice
    | MarkNoticeSent
)
AccessCommand = IssueKey | RevokeKey | Invite | AcceptInvitation | PublishSigningKey
DeviceCommand = EnrolDevice | RevokeDevice
ManyStreamCommand = (
    DraftPass
    | RequestPass
    | ApprovePass
    | RevokePass
    | ReleasePass
    | RevealPersons
    | RevealDocument
    | ErasePassPersons
    | PickUpGoods
    | RecordScan
    | ReportWait
)
AnyCommand = (
    EnterpriseCommand
    | NeedCommand
    | OpenIssuer
    | PassCommand
    | PersonCommand
    | MarkDocumentErased
    | VehicleCommand
    | ShipmentCommand
    | LaneCommand
    | PlaceCommand
    | CheckpointCommand
    | RecordDisinfection
    | AlertCommand
    | AccessCommand
    | DeviceCommand
    | ManyStreamCommand
)
COMMANDS: tuple[type[Command], ...] = get_args(AnyCommand)
