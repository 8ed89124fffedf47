"""Histories to draw from: every kind of event, out of order, late and doubled."""

from hypothesis import strategies as st
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.values import ScanDecision
from tests.unit.domain.examples import ACCEPTED, APPROVE, APPROVED, DRAFT, REQUEST
from tests.unit.domain.given import NOW, given, minutes

OTHER = {"pass_id": "p2"}


def _succeeded(**old):
    """The second pass of a vehicle: the first ends with it."""
    history = given(*APPROVED.events).and_then(replace(DRAFT, **OTHER, **old))
    return history.and_then(replace(REQUEST, **OTHER)).and_then(
        replace(APPROVE, **OTHER)
    )


LIVES = [
    *(history.and_then(command).events for history, command in ACCEPTED),
    _succeeded(renews="p1").events,
    _succeeded(replaces="p1").events,
]
"""Each a history that the domain decided, valid in its order."""


def corrections(draw):
    """Mends one of the shipment's facts, or one that is never told."""
    named = ["fact-pickup", "fact-delivered", "fact-off", "fact-back", "fact-never"]
    return e.FactCorrected(
        originator_id="shipment:firm.1",
        fact_id=f"fact-fix-{draw(st.integers(0, 9))}",
        corrects=draw(st.sampled_from(named)),
        reason="x",
        did_not_occur=draw(st.booleans()),
        goods=draw(st.none() | st.just({"80#": draw(st.integers(0, 9))})),
    )


def scans(draw):
    scan = next(event for life in LIVES for event in life if is_scan(event))
    return replace(
        scan,
        plate=draw(st.sampled_from([scan.plate, ""])),
        decision=draw(st.sampled_from(ScanDecision)),
        sequence=draw(st.integers(1, 5)),
        device="d1",
        fact_id=f"fact-scan-{draw(st.integers(0, 9))}",
    )


def is_scan(event):
    return isinstance(event, e.PassScanned)


@st.composite
def histories(draw):
    """Events in the order in which they are recorded.

    Whole lives of streams, in their own order or shuffled; some facts told twice, as
    they were or at another time; many late, or by a fast clock.
    """
    lives = draw(st.lists(st.sampled_from(LIVES), min_size=1, max_size=3))
    events = [event for life in lives for event in life]
    events += [corrections(draw) for _ in range(draw(st.integers(0, 2)))]
    events += [scans(draw) for _ in range(draw(st.integers(0, 2)))]
    facts = [event for event in events if isinstance(event, e.Fact)]
    if facts:
        events += draw(st.lists(st.sampled_from(facts), max_size=3))
    if draw(st.booleans()):
        events = draw(st.permutations(events))
    return [stamped(draw, event, number) for number, event in enumerate(events)]


def stamped(draw, event, number):
    recorded = NOW + minutes(10 * number)
    happened = recorded - minutes(draw(st.integers(-6, 6)) * 10)
    return replace(
        event,
        event_time=happened,
        record_time=recorded,
        recorded_by="key",
        originator_version=number + 1,
    )


@st.composite
def trips(draw):
    """Facts of one shipment as the domain takes them: doubled, late, in any order."""
    told = {"shipment_id": "firm.1"}
    example = {type(command): command for _, command in ACCEPTED}
    kinds = (c.PickUpGoods, c.DeliverGoods, c.WriteOffGoods, c.ReturnGoods)
    commands = [example[kind] for kind in kinds]
    commands += [
        c.CorrectFact(
            **told,
            fact_id=f"fix-{fact_id}",
            corrects=fact_id,
            reason="x",
            did_not_occur=draw(st.booleans()),
            goods={"80#": draw(st.integers(0, 9))},
        )
        for fact_id in draw(st.sets(st.sampled_from([x.fact_id for x in commands])))
    ]
    commands += draw(st.lists(st.sampled_from(commands), max_size=4))
    history = given()
    for number, command in enumerate(draw(st.permutations(commands))):
        now = NOW + minutes(10 * number)
        late = minutes(draw(st.integers(-1, 6)) * 10)
        history = history.at(now).and_then(replace(command, event_time=now - late))
    return history.events
