from hypothesis import given as forall
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.policies import Policies
from domain.values import Direction, PlateKind, ScanDecision, Verdict
from tests.unit.domain.given import NOW, minutes
from tests.unit.domain.test_clocks import approved, at, drafted, requested

PICKED = e.GoodsPickedUp(
    originator_id="shipment:firm.1",
    event_time=NOW,
    record_time=NOW,
    fact_id="picked",
    goods={},
    plate="鲁X00001",
    plate_kind=PlateKind.BLUE,
)


def scan(offset, decision=ScanDecision.ADMITTED, checkpoint="CP1"):
    return e.PassScanned(
        originator_id=f"scan:{checkpoint}{offset}",
        event_time=NOW + minutes(offset),
        record_time=NOW + minutes(offset),
        checkpoint=checkpoint,
        direction=Direction.OUTWARD,
        plate="鲁X00001",
        verdict=Verdict.GREEN,
        decision=decision,
    )


def wait(offset, count):
    return e.WaitReported(
        originator_id=f"wait:{offset}",
        event_time=NOW + minutes(offset),
        record_time=NOW + minutes(offset),
        checkpoint="CP4",
        direction=Direction.OUTWARD,
        wait_minutes=count,
    )


def wishes(*events):
    policies = Policies()
    for event in events:
        policies.follow(event)
    return policies.wanted


def kinds(wanted):
    return sorted(key for key in wanted if key.startswith(("raise", "resolve")))


def test_an_admitted_scan_is_a_passage_of_what_the_vehicle_carries():
    (passage,) = wishes(PICKED, scan(90)).values()

    assert isinstance(passage, c.ReportCheckpoint)
    assert (passage.shipment_id, passage.checkpoint) == ("firm.1", "CP1")
    assert passage.event_time == NOW + minutes(90)


def test_a_passage_is_at_the_true_time_whatever_the_phones_clock_says():
    hour = minutes(60)
    ahead = replace(scan(90), event_time=NOW + minutes(90) + hour, skew_seconds=3600)
    in_2090 = replace(scan(90), event_time=NOW + 70 * 365 * 24 * hour)

    for told in (ahead, in_2090):
        (passage,) = wishes(PICKED, told).values()
        assert passage.event_time == NOW + minutes(90)


def test_a_vehicle_that_was_turned_back_or_carries_nothing_passes_nowhere():
    assert wishes(PICKED, scan(90, ScanDecision.TURNED_BACK)) == {}
    assert wishes(scan(90)) == {}
    assert wishes(PICKED, scan(-90)) == {}


def test_after_completion_the_vehicle_carries_it_no_more():
    done = at(100, e.ShipmentCompleted, fact_id="done")
    done = replace(done, originator_id="shipment:firm.1")

    assert len(wishes(PICKED, scan(90), done, scan(110, checkpoint="CP2"))) == 1


@forall(st.permutations([PICKED, scan(90), scan(120, checkpoint="CP2"), scan(95)]))
def test_the_order_of_arrival_does_not_change_what_is_wanted(events):
    assert set(wishes(*events)) == set(
        wishes(PICKED, scan(90), scan(120, checkpoint="CP2"))
    )


def test_what_has_been_done_is_wanted_no_more():
    wanted = wishes(PICKED, scan(90))
    (fact_id,) = wanted
    done = e.CheckpointReached(
        originator_id="shipment:firm.1",
        record_time=NOW,
        fact_id=fact_id,
        checkpoint="CP1",
        direction=Direction.OUTWARD,
    )

    assert wishes(PICKED, scan(90), done) == {}


def test_six_hours_near_and_missed_raise_and_the_pass_in_hand_resolves():
    later = approved(395)
    collected = at(396, e.PassCollected, fact_id="f")

    raised = wishes(drafted(0), requested(30), later)
    assert kinds(raised) == [
        "raise pass-deadline-missed:p1:20200216T0800",
        "raise pass-deadline-near:p1:20200216T0700",
    ]
    resolved = wishes(drafted(0), requested(30), later, collected)
    assert len([key for key in resolved if key.startswith("resolve")]) == 2


def test_a_truck_swap_is_due_in_thirty_minutes():
    swap = replace(drafted(0), replaces="p0")

    assert kinds(wishes(swap, requested(2), scan(24))) == []
    assert kinds(wishes(swap, requested(2), scan(25))) == [
        "raise swap-deadline-near:p1:20200216T0225"
    ]
    wanted = wishes(swap, requested(2), scan(30))
    missed = wanted["raise swap-deadline-missed:p1:20200216T0230"]
    assert missed.details == {"plate": "鲁X00001"}


def test_a_pass_in_time_raises_nothing():
    events = (drafted(0), requested(30), approved(200))
    collected = at(290, e.PassCollected, fact_id="f")

    assert kinds(wishes(*events, collected, scan(800))) == []


def test_a_long_queue_raises_and_a_short_one_resolves():
    assert kinds(wishes(wait(0, 11))) == []
    assert kinds(wishes(wait(0, 12))) == ["raise checkpoint-wait:CP4:20200216T0200"]
    assert len(kinds(wishes(wait(0, 14), wait(30, 3)))) == 2


def test_an_alert_is_raised_once():
    raised = e.AlertRaised(
        originator_id="alert:checkpoint-wait:CP4:20200216T0200",
        record_time=NOW,
        kind="checkpoint-wait",
        subject="CP4",
        onset_time=NOW,
        severity="warning",
    )

    assert wishes(wait(0, 12), raised, wait(0, 12)) == {}
