"""A road of four posts, its passes and phones, and scans on it."""

from datetime import timedelta

from domain import events as e
from domain.findings import Scene, judge, sighting_of
from domain.findings.terms import counted, told
from domain.values import (
    Direction,
    GeoPoint,
    PlateKind,
    ScanDecision,
    ScanSource,
    Verdict,
    Waypoint,
)
from tests.unit.domain.given import NOW, minutes

EVE = NOW - timedelta(days=2)
POSTS = {
    "CP1": GeoPoint(118.13, 36.24),
    "CP2": GeoPoint(117.93, 36.40),
    "CP3": GeoPoint(117.94, 36.62),
    "CP4": GeoPoint(118.02, 36.77),
    "FAR": GeoPoint(120.38, 36.07),
}
PLATE, OTHER = "鲁X00001", "鲁X00002"
NUMBER, OTHERS_NUMBER = "370323500001", "370323500002"
UNKNOWN, UNKNOWN_TOO = "370100000001", "370100000002"


def at(time, kind, stream, **more):
    stamps = {"event_time": time, "record_time": time}
    return kind(originator_id=stream, **stamps, **more)


def given_pass(pass_id, plate, number, **more):
    window = {
        "valid_from": NOW - timedelta(days=1),
        "valid_until": NOW + timedelta(days=6),
    }
    return at(
        EVE,
        e.PassApproved,
        f"pass:{pass_id}",
        number=number,
        issuer="county",
        plate=plate,
        plate_kind=PlateKind.BLUE,
        lane="l1",
        **(window | more),
    )


def lane(code, *checkpoints):
    ends = (Waypoint("a", POSTS["CP1"]), Waypoint("b", POSTS["CP4"]))
    return at(
        EVE,
        e.LaneOpened,
        f"lane:{code}",
        name=code,
        waypoints=ends,
        checkpoints=checkpoints,
        from_time=EVE,
    )


def post(code, of_lane="l1"):
    where = {"name": code, "lane": of_lane, "point": POSTS[code]}
    return at(EVE, e.CheckpointOpened, f"checkpoint:{code}", **where)


def enrolled(device, time=EVE):
    return at(time, e.DeviceEnrolled, f"device:{device}", name="手机")


ROAD = [
    lane("l1", "CP1", "CP2", "CP3", "CP4"),
    lane("l2", "FAR"),
    *(post(code) for code in ("CP1", "CP2", "CP3", "CP4")),
    post("FAR", "l2"),
    given_pass("p1", PLATE, NUMBER),
    given_pass("p2", OTHER, OTHERS_NUMBER),
    enrolled("phone"),
]


def scan(name, offset, checkpoint="CP1", record=None, **more):
    """`offset` in minutes after NOW, by the phone's clock."""
    time = NOW + minutes(offset)
    values = {
        "direction": Direction.OUTWARD,
        "plate": PLATE,
        "verdict": Verdict.GREEN,
        "decision": ScanDecision.ADMITTED,
    }
    return e.PassScanned(
        originator_id=f"scan:{name}",
        fact_id=f"fact-{name}",
        event_time=time,
        record_time=time if record is None else NOW + minutes(record),
        checkpoint=checkpoint,
        **(values | more),
    )


def paper(name, offset, checkpoint="CP1", **more):
    return scan(name, offset, checkpoint, source=ScanSource.PAPER, **more)


def scene_of(events, made=lambda _: None):
    terms, scene = {}, Scene(made)
    for event in events:
        if isinstance(event, e.PassScanned):
            if not event.device:
                continue
            stream = f"device:{event.device}"
            new = counted(terms.get(stream), sighting_of(event))
        else:
            stream = event.originator_id
            new = told(terms.get(stream), event)
        if new is not None:
            terms[stream] = new
            scene.learn(stream, new)
    return scene


def findings(*events, road=ROAD, made=lambda _: None):
    """By kind and subject; a fresh fold of all that happened."""
    scans = [sighting_of(each) for each in events if isinstance(each, e.PassScanned)]
    return list(judge(scans, scene_of([*road, *events], made)).values())


def kinds(*events, **more):
    return [(one.kind.value, one.subject) for one in findings(*events, **more)]
