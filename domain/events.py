"""What can have happened. Append only: a TOPIC and the shape behind it are promises.

`decide` fills in what was decided; `domain.application` stamps where, when recorded
and by whom. One long file on purpose: it is the catalogue that everything reads.
"""

from datetime import UTC, date, datetime
from typing import ClassVar, get_args

import msgspec

from domain.geo.datum import Datum
from domain.papers import (
    Document,
    GoodsCategory,
    OwnerKind,
    Part,
    Purpose,
    SealedPerson,
)
from domain.values import (
    Cny,
    Direction,
    Flag,
    GeoPoint,
    InstructionEffect,
    Instrument,
    Line,
    NeedCategory,
    PlaceKind,
    PlateKind,
    ReplacementReason,
    Role,
    ScanDecision,
    ScanSource,
    Sector,
    Severity,
    Stop,
    Verdict,
    Waypoint,
    WriteOffReason,
)

UNSTAMPED = datetime(1, 1, 1, tzinfo=UTC)


class DomainEvent(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False
):
    """Something that happened, at its place in one stream.

    `event_time` is when it happened, `record_time` when we learned it: equal for a
    decision taken here. `recorded_by` is a key, session or device. Nothing in an event
    leads back to it: no cycle for the collector to look for.
    """

    TOPIC: ClassVar[str]

    originator_id: str = ""
    originator_version: int = 0
    event_time: datetime = UNSTAMPED
    record_time: datetime = UNSTAMPED
    recorded_by: str = ""
    flags: tuple[Flag, ...] = ()


class Fact(DomainEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A report of the outside world; its `fact_id` makes a second upload a no-op."""

    fact_id: str = ""


class EnterpriseRegistered(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.EnterpriseRegistered"

    name: str
    credit_code: str
    town: str
    sector: Sector
    above_scale: bool = True
    staff_total: int = 0


class LiaisonAssigned(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.LiaisonAssigned"

    officer: str


class LiaisonVisited(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.LiaisonVisited"

    officer: str
    note: str = ""


class ResumptionRequested(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.ResumptionRequested"

    note: str = ""


class ResumptionApproved(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.ResumptionApproved"

    note: str = ""


class ResumptionRefused(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.ResumptionRefused"

    reason: str


class EnterpriseResumed(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.EnterpriseResumed"


class StaffReported(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.StaffReported"

    on_site: int
    total: int


class MeasureGranted(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.MeasureGranted"

    measure: str
    amount_cny: Cny | None = None


class NeedRaised(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.NeedRaised"

    enterprise: str
    category: NeedCategory
    summary: str


class NeedAssigned(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.NeedAssigned"

    lead_unit: str
    due_time: datetime


class NeedProgressed(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.NeedProgressed"

    note: str


class NeedEscalated(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.NeedEscalated"

    to_unit: str
    reason: str


class NeedResolved(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.NeedResolved"

    on_site: bool
    note: str = ""
    amount_cny: Cny | None = None
    instrument: Instrument | None = None
    lender: str = ""


class NeedConfirmed(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.NeedConfirmed"

    satisfied: bool
    note: str = ""


class NeedReopened(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.NeedReopened"

    reason: str


class IssuerOpened(DomainEvent, frozen=True, kw_only=True):
    """A county bureau or a town may issue passes from its own block of serials."""

    TOPIC: ClassVar[str] = "greenchannel.IssuerOpened"

    name: str
    division_code: str
    serial_from: int
    serial_until: int
    validity_days: int
    phone: str = ""


class PassDrafted(DomainEvent, frozen=True, kw_only=True):
    """First contact: the in-hand clock starts at `first_contact_time`."""

    TOPIC: ClassVar[str] = "greenchannel.PassDrafted"

    organisation: str
    issuer: str
    plate: str
    plate_kind: PlateKind
    first_contact_time: datetime
    on_behalf_of: str = ""
    replaces: str = ""
    renews: str = ""


class PassReferenceGiven(DomainEvent, frozen=True, kw_only=True):
    """Version 1 of `pass-reference:{sha256}`: who knows it may read the status."""

    TOPIC: ClassVar[str] = "greenchannel.PassReferenceGiven"

    pass_id: str


class PassRequested(DomainEvent, frozen=True, kw_only=True):
    """The application is complete and submitted: the desk clock starts.

    `crew_count` counts the driver too. `owner` is an organisation's name; a person
    who owns the vehicle is sealed.
    """

    TOPIC: ClassVar[str] = "greenchannel.PassRequested"

    plate: str
    plate_kind: PlateKind
    trailer: str = ""
    vehicle_type: str = ""
    gross_mass_kg: float = 0
    rated_load_kg: float = 0
    road_transport_permit: str = ""
    crew_count: int = 1
    goods: str = ""
    lane: str = ""
    valid_from: datetime
    valid_until: datetime
    load_kg: float = 0
    seats: int = 0
    inspection_valid_until: date | None = None
    owner: str = ""
    owner_kind: OwnerKind = OwnerKind.ORGANISATION
    owner_person: SealedPerson | None = None
    driver: SealedPerson | None = None
    licence_class: str = ""
    crew: tuple[SealedPerson, ...] = ()
    goods_category: GoodsCategory | None = None
    return_from: datetime | None = None
    return_until: datetime | None = None
    declaration: bool = False
    documents: tuple[Document, ...] = ()


class PassInformationRequested(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.PassInformationRequested"

    missing: tuple[str, ...]
    note: str = ""


class PassInformationSupplied(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.PassInformationSupplied"

    note: str = ""
    documents: tuple[Document, ...] = ()


class PassApproved(DomainEvent, frozen=True, kw_only=True):
    """`number` = 6-digit division code + 6-digit serial of the issuer's block."""

    TOPIC: ClassVar[str] = "greenchannel.PassApproved"

    number: str
    issuer: str
    plate: str
    plate_kind: PlateKind
    lane: str
    valid_from: datetime
    valid_until: datetime
    short_code: str = ""


class PassRefused(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.PassRefused"

    reason: str


class PassCollected(Fact, frozen=True, kw_only=True):
    """Opened on a phone or printed: the in-hand clock stops."""

    TOPIC: ClassVar[str] = "greenchannel.PassCollected"


class PassRenewed(DomainEvent, frozen=True, kw_only=True):
    """On the old pass: the application `by` has taken its place."""

    TOPIC: ClassVar[str] = "greenchannel.PassRenewed"

    by: str
    number: str


class PassReplaced(DomainEvent, frozen=True, kw_only=True):
    """On the old pass: another vehicle runs on the pass of application `by`."""

    TOPIC: ClassVar[str] = "greenchannel.PassReplaced"

    by: str
    number: str


class PassSuspended(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.PassSuspended"

    reason: str


class PassReinstated(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.PassReinstated"

    reason: str


class PassRevoked(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.PassRevoked"

    reason: str


class PassNumberTaken(DomainEvent, frozen=True, kw_only=True):
    """Version 1 of `pass-number:{number}`: two approvals cannot share a number."""

    TOPIC: ClassVar[str] = "greenchannel.PassNumberTaken"

    pass_id: str


class ShortCodeTaken(DomainEvent, frozen=True, kw_only=True):
    """Version 1 of `short-code:{code}`: a code on paper leads to one pass."""

    TOPIC: ClassVar[str] = "greenchannel.ShortCodeTaken"

    pass_id: str


class PersonNamed(DomainEvent, frozen=True, kw_only=True):
    """On `person:{subject}`, in one batch with the application that names them."""

    TOPIC: ClassVar[str] = "greenchannel.PersonNamed"

    pass_id: str
    part: Part


class PersonRevealed(DomainEvent, frozen=True, kw_only=True):
    """`recorded_by` was about to read the person's fields."""

    TOPIC: ClassVar[str] = "greenchannel.PersonRevealed"

    pass_id: str
    part: Part
    purpose: Purpose


class ErasureRequested(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.ErasureRequested"

    pass_id: str
    reason: str = ""


class PersonErased(DomainEvent, frozen=True, kw_only=True):
    """The key is gone: what was sealed under it can never be read again."""

    TOPIC: ClassVar[str] = "greenchannel.PersonErased"

    pass_id: str


class DocumentRevealed(DomainEvent, frozen=True, kw_only=True):
    """On `document:{hash}`: `recorded_by` was about to look at it."""

    TOPIC: ClassVar[str] = "greenchannel.DocumentRevealed"

    pass_id: str
    purpose: Purpose


class DocumentErased(DomainEvent, frozen=True, kw_only=True):
    """Its key and its file are gone, from all applications that name it."""

    TOPIC: ClassVar[str] = "greenchannel.DocumentErased"

    passes: tuple[str, ...]


class VehicleRegistered(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.VehicleRegistered"

    organisation: str
    vehicle_type: str = ""
    gross_mass_kg: float = 0
    rated_load_kg: float = 0


class DeviceAssigned(DomainEvent, frozen=True, kw_only=True):
    """From `from_time` on, positions of `device` are this vehicle's."""

    TOPIC: ClassVar[str] = "greenchannel.DeviceAssigned"

    device: str
    from_time: datetime
    datum: Datum = Datum.WGS84


class PassAssigned(DomainEvent, frozen=True, kw_only=True):
    """On the vehicle, in one batch with the approval: one vehicle, one pass."""

    TOPIC: ClassVar[str] = "greenchannel.PassAssigned"

    pass_id: str
    number: str
    lane: str
    valid_from: datetime
    valid_until: datetime


class PassReleased(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.PassReleased"

    pass_id: str
    reason: str


class ShipmentBooked(DomainEvent, frozen=True, kw_only=True):
    """What is wanted; `lane` is empty for a courier's door pickup."""

    TOPIC: ClassVar[str] = "greenchannel.ShipmentBooked"

    organisation: str
    document_no: str
    lane: str = ""
    courier: bool = False
    lines: tuple[Line, ...] = ()
    stops: tuple[Stop, ...] = ()


class GoodsPickedUp(Fact, frozen=True, kw_only=True):
    """`goods` counts cases per line code.

    `mass_kg` is as weighed, `amount_cny` as the firm says; where they are absent the
    booking tells: cases times case mass or price, whenever it arrives.
    """

    TOPIC: ClassVar[str] = "greenchannel.GoodsPickedUp"

    goods: dict[str, int]
    mass_kg: float | None = None
    plate: str
    plate_kind: PlateKind
    trailer: str = ""
    crew_count: int = 1
    place: str = ""


class ShipmentDeparted(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.ShipmentDeparted"

    place: str = ""


class CheckpointReached(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.CheckpointReached"

    checkpoint: str
    direction: Direction
    lap: int = 1


class StopArrived(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.StopArrived"

    stop: str


class GoodsDelivered(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.GoodsDelivered"

    stop: str
    goods: dict[str, int]
    mass_kg: float | None = None
    amount_cny: Cny | None = None
    note: str = ""


class DeliveryRefused(Fact, frozen=True, kw_only=True):
    """The goods stay on board until they are returned or written off."""

    TOPIC: ClassVar[str] = "greenchannel.DeliveryRefused"

    stop: str
    goods: dict[str, int]
    mass_kg: float | None = None
    reason: str


class GoodsWrittenOff(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.GoodsWrittenOff"

    goods: dict[str, int]
    mass_kg: float | None = None
    reason: WriteOffReason
    stop: str = ""
    note: str = ""


class GoodsReturned(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.GoodsReturned"

    goods: dict[str, int]
    mass_kg: float | None = None
    place: str = ""


class VehicleReplaced(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.VehicleReplaced"

    plate: str
    plate_kind: PlateKind
    trailer: str = ""
    reason: ReplacementReason
    cases_moved: int = 0
    note: str = ""


class VehicleBrokeDown(Fact, frozen=True, kw_only=True):
    """The driver's tap: the truck stands; what follows is a replacement or not."""

    TOPIC: ClassVar[str] = "greenchannel.VehicleBrokeDown"

    note: str = ""


class CrewChanged(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.CrewChanged"

    crew_count: int
    reason: str = ""


class ShipmentRerouted(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.ShipmentRerouted"

    lane: str
    reason: str = ""


class ReturnStarted(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.ReturnStarted"

    empty: bool


class ShipmentCompleted(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.ShipmentCompleted"


class ShipmentCancelled(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.ShipmentCancelled"

    reason: str


class FactCorrected(Fact, frozen=True, kw_only=True):
    """Mends the fact `corrects`: its time, its goods, or that it happened at all.

    `event_time` is when the correction was made; what it mends is in the fields.
    """

    TOPIC: ClassVar[str] = "greenchannel.FactCorrected"

    corrects: str
    reason: str
    did_not_occur: bool = False
    corrected_time: datetime | None = None
    goods: dict[str, int] | None = None
    mass_kg: float | None = None
    amount_cny: Cny | None = None


class LaneOpened(DomainEvent, frozen=True, kw_only=True):
    """Checkpoint codes stand in driving order; dates bound what is drawn."""

    TOPIC: ClassVar[str] = "greenchannel.LaneOpened"

    name: str
    waypoints: tuple[Waypoint, ...]
    checkpoints: tuple[str, ...] = ()
    dead_zones: tuple[str, ...] = ()
    from_time: datetime
    until_time: datetime | None = None


class LaneDiverted(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.LaneDiverted"

    via: tuple[Waypoint, ...] = ()
    reason: str
    until_time: datetime | None = None
    substitutes: tuple[str, ...] = ()


class LaneReopened(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.LaneReopened"

    reason: str = ""


class LaneClosed(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.LaneClosed"

    reason: str


class PlaceRegistered(DomainEvent, frozen=True, kw_only=True):
    """An unverified place arms no geofence."""

    TOPIC: ClassVar[str] = "greenchannel.PlaceRegistered"

    name: str
    kind: PlaceKind
    point: GeoPoint
    is_verified: bool = False
    source: str = ""


class PlaceVerified(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.PlaceVerified"

    point: GeoPoint


class CheckpointOpened(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.CheckpointOpened"

    name: str
    lane: str
    point: GeoPoint
    phone: str = ""
    is_verified: bool = False


class CheckpointMoved(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.CheckpointMoved"

    point: GeoPoint
    reason: str = ""
    is_verified: bool = False


class CheckpointClosed(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.CheckpointClosed"

    reason: str = ""


class InstructionPosted(DomainEvent, frozen=True, kw_only=True):
    """Today's instruction by plate province (鲁) and cargo; empty means any."""

    TOPIC: ClassVar[str] = "greenchannel.InstructionPosted"

    text: str
    plate_provinces: tuple[str, ...] = ()
    cargo: tuple[str, ...] = ()
    effect: InstructionEffect = InstructionEffect.INFORM
    from_time: datetime
    until_time: datetime | None = None


class ShiftHandedOver(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.ShiftHandedOver"

    unsent: int
    held: int
    battery_percent: int
    sheet_age_minutes: int


class PassScanned(Fact, frozen=True, kw_only=True):
    """The officer's verdict and decision, kept as they were: boards judge anew.

    `skew_seconds` is what the phone's clock shows less what the node's does; `lists`
    the position that each list on the phone was made at.
    """

    TOPIC: ClassVar[str] = "greenchannel.PassScanned"

    checkpoint: str
    direction: Direction
    plate: str
    plate_kind: PlateKind = PlateKind.UNKNOWN
    pass_number: str = ""
    verdict: Verdict
    reason: str = ""
    decision: ScanDecision
    crew_count: int | None = None
    temperature_normal: bool | None = None
    device: str = ""
    sequence: int | None = None
    skew_seconds: float = 0
    lists: dict[str, int] = {}
    source: ScanSource = ScanSource.APP


class VehicleDisinfected(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.VehicleDisinfected"

    plate: str
    plate_kind: PlateKind = PlateKind.UNKNOWN
    station: str
    agent: str
    valid_until: datetime


class WaitReported(Fact, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.WaitReported"

    checkpoint: str
    direction: Direction
    wait_minutes: int


class AlertRaised(DomainEvent, frozen=True, kw_only=True):
    """A person is needed. `kind`, `subject` and `onset_time` are its identity.

    `occurrence` counts: what was resolved may be found again.
    """

    TOPIC: ClassVar[str] = "greenchannel.AlertRaised"

    kind: str
    subject: str
    onset_time: datetime
    severity: Severity
    details: dict[str, str] = {}
    occurrence: int = 1


class AlertAcknowledged(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.AlertAcknowledged"


class AlertAssigned(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.AlertAssigned"

    to: str


class AlertMuted(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.AlertMuted"

    until_time: datetime


class AlertResolved(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.AlertResolved"

    note: str = ""


class NoticeClaimed(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.NoticeClaimed"

    node: str
    until_time: datetime


class NoticeSent(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.NoticeSent"

    node: str
    channel: str


class KeyIssued(DomainEvent, frozen=True, kw_only=True):
    """Only the SHA-256 of the key's secret is kept."""

    TOPIC: ClassVar[str] = "greenchannel.KeyIssued"

    secret_hash: str
    name: str
    organisation: str = ""
    roles: tuple[Role, ...]
    expires_time: datetime
    zone: str = "Asia/Shanghai"
    issuer: str = ""


class KeyRevoked(DomainEvent, frozen=True, kw_only=True):
    """Ends a key, an invitation, or the sessions that it enrolled."""

    TOPIC: ClassVar[str] = "greenchannel.KeyRevoked"

    reason: str = ""


class InvitationMade(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.InvitationMade"

    secret_hash: str
    name: str
    organisation: str = ""
    roles: tuple[Role, ...]
    checkpoint: str = ""
    issuer: str = ""
    expires_time: datetime


class InvitationAccepted(DomainEvent, frozen=True, kw_only=True):
    """One browser is enrolled; `pin_hash` (scrypt) reopens an ended session."""

    TOPIC: ClassVar[str] = "greenchannel.InvitationAccepted"

    pin_hash: str = ""


class DeviceEnrolled(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.DeviceEnrolled"

    name: str
    organisation: str = ""
    checkpoint: str = ""


class DeviceRevoked(DomainEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "greenchannel.DeviceRevoked"

    reason: str = ""


class SigningKeyPublished(DomainEvent, frozen=True, kw_only=True):
    """`public_key` may sign for `issuer`; Base64 of its SubjectPublicKeyInfo."""

    TOPIC: ClassVar[str] = "greenchannel.SigningKeyPublished"

    issuer: str
    public_key: str
    from_time: datetime
    until_time: datetime


class RequestHandled(DomainEvent, frozen=True, kw_only=True):
    """Version 1 of `request:{sha256(who, key)}`: the answer that a repeat gets."""

    TOPIC: ClassVar[str] = "greenchannel.RequestHandled"

    digest: str
    status: int
    result: dict[str, str | int | list[str]]


EnterpriseEvent = (
    EnterpriseRegistered
    | LiaisonAssigned
    | LiaisonVisited
    | ResumptionRequested
    | ResumptionApproved
    | ResumptionRefused
    | EnterpriseResumed
    | StaffReported
    | MeasureGranted
)
NeedEvent = (
    NeedRaised
    | NeedAssigned
    | NeedProgressed
    | NeedEscalated
    | NeedResolved
    | NeedConfirmed
    | NeedReopened
)
PassEvent = (
    PassDrafted
    | PassRequested
    | PassInformationRequested
    | PassInformationSupplied
    | PassApproved
    | PassRefused
    | PassCollected
    | PassRenewed
    | PassReplaced
    | PassSuspended
    | PassReinstated
    | PassRevoked
)
DocumentEvent = DocumentRevealed | DocumentErased
PersonEvent = PersonNamed | PersonRevealed | ErasureRequested | PersonErased
VehicleEvent = VehicleRegistered | DeviceAssigned | PassAssigned | PassReleased
ShipmentFact = (
    GoodsPickedUp
    | ShipmentDeparted
    | CheckpointReached
    | StopArrived
    | GoodsDelivered
    | DeliveryRefused
    | GoodsWrittenOff
    | GoodsReturned
    | VehicleReplaced
    | VehicleBrokeDown
    | CrewChanged
    | ShipmentRerouted
    | ReturnStarted
    | ShipmentCompleted
    | FactCorrected
)
ShipmentEvent = ShipmentBooked | ShipmentCancelled | ShipmentFact
LaneEvent = LaneOpened | LaneDiverted | LaneReopened | LaneClosed
PlaceEvent = PlaceRegistered | PlaceVerified
CheckpointEvent = (
    CheckpointOpened
    | CheckpointMoved
    | CheckpointClosed
    | InstructionPosted
    | ShiftHandedOver
)
LoneFact = PassScanned | VehicleDisinfected | WaitReported
AlertEvent = (
    AlertRaised
    | AlertAcknowledged
    | AlertAssigned
    | AlertMuted
    | AlertResolved
    | NoticeClaimed
    | NoticeSent
)
AccessEvent = (
    KeyIssued | KeyRevoked | InvitationMade | InvitationAccepted | SigningKeyPublished
)
DeviceEvent = DeviceEnrolled | DeviceRevoked
SmallEvent = (
    IssuerOpened
    | PassNumberTaken
    | PassReferenceGiven
    | ShortCodeTaken
    | RequestHandled
)
AnyEvent = (
    EnterpriseEvent
    | NeedEvent
    | PassEvent
    | PersonEvent
    | DocumentEvent
    | VehicleEvent
    | ShipmentEvent
    | LaneEvent
    | PlaceEvent
    | CheckpointEvent
    | LoneFact
    | AlertEvent
    | AccessEvent
    | DeviceEvent
    | SmallEvent
)
EVENTS: tuple[type[DomainEvent], ...] = get_args(AnyEvent)
EVENT_BY_TOPIC = {event.TOPIC: event for event in EVENTS}
