from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import clocks
from domain import events as e
from domain.values import PlateKind
from tests.unit.domain.given import NOW, minutes

SPAN = st.integers(0, 600)


def at(offset, event, **fields):
    time = NOW + minutes(offset)
    return event(originator_id="pass:p1", event_time=time, record_time=time, **fields)


def drafted(offset=0):
    return at(
        offset,
        e.PassDrafted,
        organisation="firm",
        issuer="county",
        plate="鲁X00001",
        plate_kind=PlateKind.BLUE,
        first_contact_time=NOW + minutes(offset),
    )


def requested(offset):
    return at(
        offset,
        e.PassRequested,
        plate="鲁X00001",
        plate_kind=PlateKind.BLUE,
        valid_from=NOW,
        valid_until=NOW,
    )


def approved(offset):
    return at(
        offset,
        e.PassApproved,
        number="370323000001",
        issuer="county",
        plate="鲁X00001",
        plate_kind=PlateKind.BLUE,
        lane="",
        valid_from=NOW,
        valid_until=NOW,
    )


def fold(*events):
    times = None
    for event in events:
        times = clocks.evolve(times, event)
    return times


def test_the_desk_waits_for_the_applicant_and_the_hand_does_not():
    times = fold(
        drafted(0),
        requested(50),
        at(90, e.PassInformationRequested, missing=("身份证",)),
        at(135, e.PassInformationSupplied),
        approved(225),
        at(290, e.PassCollected, fact_id="f"),
    )

    assert clocks.desk(times, NOW + minutes(999)) == minutes(130)
    assert clocks.in_hand(times, NOW + minutes(999)) == minutes(290)


def test_both_clocks_run_while_nothing_ends_them():
    times = fold(drafted(0), requested(30))

    assert clocks.desk(times, NOW + minutes(60)) == minutes(30)
    assert clocks.in_hand(times, NOW + minutes(60)) == minutes(60)
    assert clocks.deadline(times) == NOW + minutes(360)


def test_a_truck_swap_has_thirty_minutes():
    times = fold(replace(drafted(0), replaces="p0"), requested(2))

    assert clocks.promise(times) == minutes(30)
    assert clocks.deadline(times) == NOW + minutes(30)


def test_a_refusal_ends_both_clocks():
    times = fold(drafted(0), requested(30), at(70, e.PassRefused, reason="x"))

    assert clocks.in_hand(times, NOW + minutes(500)) == minutes(70)
    assert clocks.desk(times, NOW + minutes(500)) == minutes(40)


def test_the_earliest_collection_counts_whenever_it_is_told():
    later = at(300, e.PassCollected, fact_id="b")
    earlier = at(200, e.PassCollected, fact_id="a")

    times = fold(drafted(0), requested(1), approved(100), later, earlier)

    assert clocks.in_hand(times, NOW + minutes(999)) == minutes(200)


@given(SPAN, st.lists(st.tuples(SPAN, SPAN), max_size=5), SPAN)
def test_the_desk_clock_is_the_time_less_the_pauses(before, pauses, after):
    events, offset, paused = [drafted(0), requested(before)], before, 0
    for worked, waited in pauses:
        offset += worked
        events.append(at(offset, e.PassInformationRequested, missing=("x",)))
        offset += waited
        paused += waited
        events.append(at(offset, e.PassInformationSupplied))
    end = offset + after
    events.append(approved(end))

    times = fold(*events)

    assert clocks.desk(times, NOW) == timedelta(minutes=end - before - paused)
    assert clocks.in_hand(times, NOW + minutes(end)) == minutes(end)


@given(st.lists(st.sampled_from([drafted, requested, approved]), max_size=8), SPAN)
def test_no_order_of_events_makes_a_clock_negative(kinds, now):
    times = fold(*(kind(10 * i) for i, kind in enumerate(kinds)))

    if times is not None:
        assert clocks.desk(times, NOW + minutes(now)) >= timedelta(0)
        assert clocks.in_hand(times, NOW + minutes(now)) >= timedelta(0)
