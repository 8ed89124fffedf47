"""One command of each kind, with the history in which it is accepted."""

from decimal import Decimal

from msgspec.structs import replace

from domain import commands as c
from domain.enterprise import check_character
from domain.papers import Document, DocumentKind, MediaType, Purpose, SealedPerson
from domain.values import (
    Direction,
    GeoPoint,
    Line,
    NeedCategory,
    PlaceKind,
    PlateKind,
    ReplacementReason,
    Role,
    ScanDecision,
    Sector,
    Severity,
    Stop,
    Verdict,
    Waypoint,
    WriteOffReason,
)
from tests.unit.domain.given import NOW, given, minutes

HERE = GeoPoint(118.3, 36.08)
CREDIT_CODE = "91370323MA0000001" + check_character("91370323MA0000001")
LINES = (Line("80#", 10, 5.0, Decimal(45)), Line("75#", 10, 5.0, Decimal(40)))
STOPS = (Stop("C01", {"80#": 10}), Stop("C02", {"75#": 10}))
HASH = "a" * 64
PUBLIC_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP"
    "40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="
)
"""The base point of P-256."""
_PLATE = {"plate": "鲁X00001", "plate_kind": PlateKind.BLUE}
_S = {"shipment_id": "firm.1"}
_WEEK = {"valid_from": NOW, "valid_until": NOW + minutes(7 * 1440)}


def fact(name):
    return {"fact_id": f"fact-{name}"}


REGISTER = c.RegisterEnterprise(
    enterprise_id="firm",
    name="示例",
    credit_code=CREDIT_CODE,
    town="中庄镇",
    sector=Sector.FOOD,
)
REQUEST_RESUMPTION = c.RequestResumption(enterprise_id="firm")
RAISE = c.RaiseNeed(
    need_id="n1", enterprise="firm", category=NeedCategory.TRANSPORT, summary="车"
)
RESOLVE = c.ResolveNeed(need_id="n1", on_site=True)
ISSUER = c.OpenIssuer(
    issuer="county",
    name="县",
    division_code="370323",
    serial_from=0,
    serial_until=99,
    validity_days=14,
)
DRAFT = c.DraftPass(pass_id="p1", organisation="firm", issuer="county", **_PLATE)
REFERRED = replace(DRAFT, reference="0f" * 16)
REQUEST = c.RequestPass(pass_id="p1", **_PLATE, **_WEEK)
ASK = c.RequestPassInformation(pass_id="p1", missing=("身份证",))
DRIVER = SealedPerson("d" * 32, b"sealed")
PERSONAL = replace(REQUEST, driver=DRIVER, declaration=True)
ERASE = c.ErasePerson(subject=DRIVER.subject, reason="本人申请")
APPROVE = c.ApprovePass(pass_id="p1")
SUSPEND = c.SuspendPass(pass_id="p1", reason="核查")
PICK_UP = c.PickUpGoods(
    **_S,
    **_PLATE,
    **fact("pickup"),
    organisation="firm",
    document_no="1",
    lines=LINES,
    stops=STOPS,
)
BOOK = c.BookShipment(
    **_S, organisation="firm", document_no="1", lines=LINES, stops=STOPS
)
OPEN_LANE = c.OpenLane(
    lane="l1", name="道", waypoints=(Waypoint("a", HERE), Waypoint("b", HERE))
)
PLACE = c.RegisterPlace(place="C01", name="小区", kind=PlaceKind.COMMUNITY, point=HERE)
OPEN_POST = c.OpenCheckpoint(checkpoint="CP1", name="卡口", lane="l1", point=HERE)
RAISE_ALERT = c.RaiseAlert(
    alert_id="ice:l1:20200216T0200",
    kind="ice",
    subject="l1",
    onset_time=NOW,
    severity=Severity.WARNING,
)
_ALERT = {"alert_id": RAISE_ALERT.alert_id}
INVITE = c.Invite(
    access_id="a1",
    secret_hash=HASH,
    name="人",
    roles=(Role.COORDINATOR,),
    expires_time=NOW + minutes(60),
)
ENROL = c.EnrolDevice(device="d1", name="手机")
ENTERPRISE = given().and_then(REGISTER)
ASKED = given(*ENTERPRISE.events).and_then(REQUEST_RESUMPTION)
NEED = given().and_then(RAISE)
RESOLVED = given(*NEED.events).and_then(RESOLVE)
OPENED = given().and_then(ISSUER)
DRAFTED = given(*OPENED.events).and_then(DRAFT)
REQUESTED = given(*DRAFTED.events).and_then(REQUEST)
PHOTO = Document(DocumentKind.DRIVING_LICENCE, HASH, MediaType.JPEG)
SHOWN = given(*DRAFTED.events).and_then(replace(REQUEST, documents=(PHOTO,)))
NAMED = given(*DRAFTED.events).and_then(PERSONAL)
ERASING = given(*NAMED.events).and_then(ERASE)
APPROVED = given(*REQUESTED.events).and_then(APPROVE)
LOADED = given(*APPROVED.events).and_then(PICK_UP)
LANE = given().and_then(OPEN_LANE)
POST = given().and_then(OPEN_POST)
ALERT = given().and_then(RAISE_ALERT)
NOTHING = given()

ACCEPTED = [
    (NOTHING, REGISTER),
    (ENTERPRISE, c.AssignLiaison(enterprise_id="firm", officer="o17")),
    (
        ENTERPRISE,
        c.ReportLiaisonVisit(enterprise_id="firm", officer="o17", **fact("visit")),
    ),
    (ENTERPRISE, REQUEST_RESUMPTION),
    (ASKED, c.ApproveResumption(enterprise_id="firm")),
    (ASKED, c.RefuseResumption(enterprise_id="firm", reason="无口罩")),
    (ENTERPRISE, c.ReportResumption(enterprise_id="firm", **fact("resumed"))),
    (ENTERPRISE, c.ReportStaff(enterprise_id="firm", on_site=5, total=9, **fact("st"))),
    (ENTERPRISE, c.GrantMeasure(enterprise_id="firm", measure="减免")),
    (NOTHING, RAISE),
    (NEED, c.AssignNeed(need_id="n1", lead_unit="局", due_time=NOW)),
    (NEED, c.ReportNeedProgress(need_id="n1", note="在办")),
    (NEED, c.EscalateNeed(need_id="n1", to_unit="县", reason="跨区")),
    (NEED, RESOLVE),
    (
        given(*NEED.events).and_then(RESOLVE),
        c.ConfirmNeed(need_id="n1", satisfied=True),
    ),
    (given(*NEED.events).and_then(RESOLVE), c.ReopenNeed(need_id="n1", reason="未到")),
    (NOTHING, ISSUER),
    (OPENED, REFERRED),
    (DRAFTED, REQUEST),
    (DRAFTED, PERSONAL),
    (REQUESTED, ASK),
    (given(*REQUESTED.events).and_then(ASK), c.SupplyPassInformation(pass_id="p1")),
    (REQUESTED, APPROVE),
    (REQUESTED, c.RefusePass(pass_id="p1", reason="不符")),
    (APPROVED, c.CollectPass(pass_id="p1", **fact("collected"))),
    (APPROVED, SUSPEND),
    (
        given(*APPROVED.events).and_then(SUSPEND),
        c.ReinstatePass(pass_id="p1", reason="已核"),
    ),
    (APPROVED, c.RevokePass(pass_id="p1", reason="造假")),
    (NAMED, c.RevealPersons(pass_id="p1", purpose=Purpose.PRINT)),
    (SHOWN, c.RevealDocument(hash=HASH, pass_id="p1")),
    (SHOWN, c.MarkDocumentErased(hash=HASH, passes=("p1",))),
    (NAMED, c.ErasePassPersons(pass_id="p1", reason="到期")),
    (NAMED, ERASE),
    (ERASING, c.MarkPersonErased(subject=DRIVER.subject)),
    (NOTHING, c.RegisterVehicle(organisation="firm", **_PLATE)),
    (NOTHING, c.AssignDevice(device="d1", **_PLATE)),
    (APPROVED, c.ReleasePass(reason="换线", **_PLATE)),
    (APPROVED, PICK_UP),
    (NOTHING, BOOK),
    (given().and_then(BOOK), c.CancelShipment(**_S, reason="取消")),
    (LOADED, c.ReportDeparture(**_S, **fact("departed"))),
    (
        LOADED,
        c.ReportCheckpoint(
            **_S, **fact("cp"), checkpoint="CP1", direction=Direction.OUTWARD
        ),
    ),
    (LOADED, c.ReportArrival(**_S, **fact("arrived"), stop="C01")),
    (LOADED, c.DeliverGoods(**_S, **fact("delivered"), stop="C01", goods={"80#": 10})),
    (
        LOADED,
        c.ReportRefusal(
            **_S, **fact("refused"), stop="C01", goods={"80#": 1}, reason="错"
        ),
    ),
    (
        LOADED,
        c.WriteOffGoods(
            **_S, **fact("off"), goods={"80#": 1}, reason=WriteOffReason.DAMAGED
        ),
    ),
    (LOADED, c.ReturnGoods(**_S, **fact("back"), goods={"80#": 1})),
    (
        LOADED,
        c.ReplaceVehicle(
            **_S,
            **fact("replaced"),
            plate="鲁XD00003",
            plate_kind=PlateKind.GREEN,
            reason=ReplacementReason.BREAKDOWN,
        ),
    ),
    (LOADED, c.ReportBreakdown(**_S, **fact("broke"))),
    (LOADED, c.ChangeCrew(**_S, **fact("crew"), crew_count=2)),
    (LOADED, c.RerouteShipment(**_S, **fact("reroute"), lane="l2")),
    (LOADED, c.StartReturn(**_S, **fact("return"))),
    (LOADED, c.CompleteShipment(**_S, **fact("done"))),
    (LOADED, c.CorrectFact(**_S, **fact("fix"), corrects="fact-pickup", reason="钟")),
    (NOTHING, OPEN_LANE),
    (LANE, c.DivertLane(lane="l1", reason="冰")),
    (
        given(*LANE.events).and_then(c.CloseLane(lane="l1", reason="雪")),
        c.ReopenLane(lane="l1"),
    ),
    (LANE, c.CloseLane(lane="l1", reason="雪")),
    (NOTHING, PLACE),
    (given().and_then(PLACE), c.VerifyPlace(place="C01", point=HERE)),
    (NOTHING, OPEN_POST),
    (POST, c.MoveCheckpoint(checkpoint="CP1", point=HERE)),
    (POST, c.CloseCheckpoint(checkpoint="CP1")),
    (POST, c.PostInstruction(checkpoint="CP1", text="不查鲁牌")),
    (
        POST,
        c.HandOverShift(
            checkpoint="CP1", unsent=0, held=0, battery_percent=71, **fact("shift")
        ),
    ),
    (
        NOTHING,
        c.RecordScan(
            **fact("scan"),
            checkpoint="CP1",
            direction=Direction.OUTWARD,
            plate="鲁X00001",
            verdict=Verdict.GREEN,
            decision=ScanDecision.ADMITTED,
        ),
    ),
    (
        NOTHING,
        c.RecordDisinfection(
            **fact("disinf"), plate="鲁X00001", station="点", agent="84"
        ),
    ),
    (
        NOTHING,
        c.ReportWait(
            **fact("wait"),
            checkpoint="CP1",
            direction=Direction.OUTWARD,
            wait_minutes=14,
        ),
    ),
    (NOTHING, RAISE_ALERT),
    (ALERT, c.AcknowledgeAlert(**_ALERT)),
    (ALERT, c.AssignAlert(**_ALERT, to="值班")),
    (ALERT, c.MuteAlert(**_ALERT, until_time=NOW)),
    (ALERT, c.ResolveAlert(**_ALERT)),
    (ALERT, c.ClaimNotice(**_ALERT, node="n", until_time=NOW + minutes(1))),
    (ALERT, c.MarkNoticeSent(**_ALERT, node="n", channel="微信")),
    (
        NOTHING,
        c.IssueKey(
            access_id="k1",
            secret_hash=HASH,
            name="钥",
            roles=(Role.FIRM,),
            organisation="firm",
            expires_time=NOW,
        ),
    ),
    (given().and_then(INVITE), c.RevokeKey(access_id="a1")),
    (NOTHING, INVITE),
    (given().and_then(INVITE), c.AcceptInvitation(access_id="a1", secret_hash=HASH)),
    (
        NOTHING,
        c.PublishSigningKey(
            access_id="s1",
            issuer="county",
            public_key=PUBLIC_KEY,
            from_time=NOW,
            until_time=NOW + minutes(1),
        ),
    ),
    (NOTHING, ENROL),
    (given().and_then(ENROL), c.RevokeDevice(device="d1")),
]
