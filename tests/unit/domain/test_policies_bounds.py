"""What policies keep, and for how long: their work does not grow with the years."""

from time import perf_counter

from msgspec.structs import replace

from domain import events as e
from domain.policies import Policies
from domain.values import Direction, PlateKind
from tests.unit.domain.given import NOW, minutes
from tests.unit.domain.test_clocks import approved, at, drafted, requested
from tests.unit.domain.test_policies import PICKED, kinds, scan, wait, wishes

DAY = minutes(24 * 60)
REPLACED = e.VehicleReplaced(
    originator_id="shipment:firm.1",
    event_time=NOW + minutes(30),
    record_time=NOW + minutes(30),
    fact_id="replaced",
    plate="鲁X00003",
    plate_kind=PlateKind.GREEN,
    reason="breakdown",
)
DONE = e.ShipmentCompleted(
    originator_id="shipment:firm.1",
    event_time=NOW + minutes(60),
    record_time=NOW + minutes(60),
    fact_id="done",
)
NOT_DONE = e.FactCorrected(
    originator_id="shipment:firm.1",
    event_time=NOW + minutes(70),
    record_time=NOW + minutes(70),
    fact_id="mended",
    corrects="done",
    reason="wrong tap",
    did_not_occur=True,
)


def later(event, by):
    return replace(event, record_time=event.record_time + by)


def size(policies):
    """How much is kept of scans, shipments and passes."""
    kept = {**vars(policies._passages), **vars(policies._deadlines)}
    kept.pop("_wanted")
    return sum(len(found) for found in kept.values() if hasattr(found, "__len__"))


def test_what_another_vehicle_took_over_the_first_carries_no_more():
    home = replace(scan(200), direction=Direction.RETURN)
    taken_on = replace(scan(210, checkpoint="CP2"), plate="鲁X00003")

    assert wishes(PICKED, REPLACED, home) == {}
    assert wishes(PICKED, home, REPLACED) == {}
    assert len(wishes(PICKED, REPLACED, scan(20), taken_on)) == 2


def test_a_completion_that_did_not_occur_ends_nothing():
    assert wishes(PICKED, DONE, scan(90)) == {}
    for told in ([NOT_DONE, scan(90)], [scan(90), NOT_DONE]):
        assert len(wishes(PICKED, DONE, *told)) == 1
    assert len(wishes(PICKED, NOT_DONE, DONE, scan(90))) == 1


def test_a_pickup_that_did_not_occur_takes_its_passages_along():
    undone = replace(NOT_DONE, corrects="picked")

    assert wishes(PICKED, scan(20), undone) == {}
    assert wishes(undone, PICKED, scan(20)) == {}


def test_what_was_told_is_not_wanted_again_when_the_vehicle_is_looked_at_anew():
    (fact_id,) = wishes(PICKED, scan(20))
    told = e.CheckpointReached(
        originator_id="shipment:firm.1",
        record_time=NOW + minutes(21),
        fact_id=fact_id,
        checkpoint="CP1",
        direction=Direction.OUTWARD,
    )

    assert wishes(PICKED, scan(20), told, scan(25), REPLACED) == {}


def test_a_late_scan_is_told_for_a_week_after_the_end():
    late, too_late = later(scan(50), 6 * DAY), later(scan(50), 9 * DAY)

    assert len(wishes(PICKED, DONE, late)) == 1
    assert wishes(PICKED, DONE, too_late) == {}


def test_a_scan_waits_a_week_for_the_pickup():
    assert len(wishes(scan(50), later(PICKED, 6 * DAY))) == 1
    assert wishes(scan(50), later(PICKED, 9 * DAY)) == {}


def test_nothing_is_left_of_shipments_scans_and_passes_that_are_over():
    policies = Policies()
    empty = size(policies)
    for number in range(20):
        for event in (PICKED, REPLACED, DONE, NOT_DONE):
            policies.follow(replace(event, originator_id=f"shipment:{number}"))
        policies.follow(scan(number))
        for event in (drafted(0), requested(1), approved(2)):
            policies.follow(replace(event, originator_id=f"pass:{number}"))
    policies.look_at_clocks(NOW + 60 * DAY)

    assert size(policies) == empty + 20  # passes whose alerts stand
    for number in range(20):
        collected = at(99, e.PassCollected, fact_id="f")
        policies.follow(replace(collected, originator_id=f"pass:{number}"))
    assert size(policies) == empty


def test_a_pass_that_ended_otherwise_is_due_no_more():
    ended = [
        at(250, e.PassRevoked, reason="x"),
        at(250, e.PassReplaced, by="p2", number="370323000002"),
        at(250, e.PassRenewed, by="p2", number="370323000002"),
        at(250, e.PassCollected, fact_id="f"),
    ]
    for end in ended:
        assert kinds(wishes(drafted(), requested(30), approved(200), end, DONE)) == []
        told = wishes(drafted(), requested(30), end, approved(260), scan(900))
        assert kinds(told) == []
        open_alerts = wishes(drafted(), requested(30), scan(320), end)
        assert kinds(open_alerts)[-1].startswith("resolve pass-deadline-near")


def test_each_direction_has_a_queue_of_its_own():
    back = replace(wait(5, 3), direction=Direction.RETURN)
    long_back = replace(wait(0, 30), direction=Direction.RETURN)

    assert len(kinds(wishes(wait(0, 30), back))) == 1
    assert len(kinds(wishes(wait(0, 30), long_back))) == 2


def test_a_late_report_of_an_earlier_queue_changes_nothing():
    earlier = later(wait(0, 3), minutes(40))

    assert kinds(wishes(wait(30, 40), earlier)) == [
        "raise checkpoint-wait:CP4:20200216T0230"
    ]


def test_one_queue_is_one_alert_however_often_it_is_reported():
    hour = [wait(5 * i, 30) for i in range(12)]

    assert len(kinds(wishes(*hour))) == 1
    assert len(kinds(wishes(*hour, wait(70, 3), wait(80, 30)))) == 3


def test_a_queue_that_a_person_saw_to_and_that_is_still_long_is_a_new_alert():
    identity = "checkpoint-wait:CP4:20200216T0200"
    stamps = {"originator_id": f"alert:{identity}", "record_time": NOW + minutes(1)}
    raised = e.AlertRaised(
        **stamps,
        kind="checkpoint-wait",
        subject="CP4",
        onset_time=NOW,
        severity="warning",
        details={"direction": "outward"},
    )

    told = wishes(wait(0, 30), raised, e.AlertResolved(**stamps), wait(20, 30))
    assert kinds(told) == ["raise checkpoint-wait:CP4:20200216T0220"]


def test_what_is_done_per_event_does_not_grow_with_what_waits():
    policies = Policies()
    policies.follow(PICKED)
    for number in range(5000):
        for event in (drafted(0), requested(1)):
            policies.follow(replace(event, originator_id=f"pass:{number}"))
    policies.look_at_clocks(NOW + 2 * DAY)
    began = perf_counter()
    for number in range(300):
        told = scan(90 + number, checkpoint=f"CP{number % 4}")
        policies.follow(replace(told, fact_id=f"scan-{number}"))

    assert (perf_counter() - began) / 300 < 0.005
