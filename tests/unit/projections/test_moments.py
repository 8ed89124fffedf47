"""Every view at (T, K) equals a fresh fold of what had happened by T, known by K."""

import tempfile
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import events as e
from domain.values import (
    Direction,
    Line,
    PlateKind,
    ScanDecision,
    Stop,
    Verdict,
    WriteOffReason,
)
from infra.views.history import History
from infra.views.view import SqliteView
from projections import READ_MODELS
from projections.live_routes import LiveRoutes
from projections.model import Moment
from tests.unit.domain.given import NOW, minutes

LINES = (Line("80#", 10, 5.0, Decimal(45)),)
TRUCK = {"plate": "鲁X00001", "plate_kind": PlateKind.BLUE}
BOOKING = {
    "organisation": "firm",
    "document_no": "1",
    "lines": LINES,
    "stops": (Stop("C01", {"80#": 5}),),
}
SHIPMENTS = ("shipment:firm.1", "shipment:firm.2")


class MemoryLog:
    """The events by position, as a view may ask for them again."""

    def __init__(self, events):
        self.events = dict(enumerate(events, start=1))

    def at(self, positions):
        kept = sorted(self.events.keys() & set(positions))
        return [(position, self.events[position]) for position in kept]

    def identity(self):
        return "log"


def goods(draw):
    return {"goods": {"80#": draw(st.integers(0, 9))}}


def shipment_fact(draw):
    shapes = {
        e.GoodsPickedUp: lambda: goods(draw) | TRUCK,
        e.GoodsDelivered: lambda: goods(draw) | stop(draw),
        e.DeliveryRefused: lambda: goods(draw) | stop(draw) | {"reason": "x"},
        e.GoodsReturned: lambda: goods(draw),
        e.ShipmentCompleted: dict,
        e.ReturnStarted: lambda: {"empty": True},
        e.FactCorrected: lambda: goods(draw) | correction(draw),
        e.ShipmentBooked: lambda: BOOKING,
    }
    kind = draw(st.sampled_from(list(shapes)))
    stream = draw(st.sampled_from(SHIPMENTS))
    return kind(originator_id=stream, **shapes[kind]())


def stop(draw):
    return {"stop": draw(st.sampled_from(["C01", "C02"]))}


def correction(draw):
    corrects = f"fact-{draw(st.integers(0, 11))}"
    gone = draw(st.booleans())
    return {"corrects": corrects, "reason": "x", "did_not_occur": gone}


def other_fact(draw):
    which = draw(st.integers(0, 3))
    if which == 0:
        return e.VehicleDisinfected(
            plate="鲁X00001", station="a", agent="b", valid_until=NOW
        )
    if which == 1:
        return e.EnterpriseResumed(originator_id="enterprise:firm")
    if which == 2:
        return e.PassCollected(originator_id="pass:p1")
    return e.PassScanned(
        checkpoint="CP1",
        direction=Direction.OUTWARD,
        plate=draw(st.sampled_from(["鲁X00001", ""])),
        verdict=Verdict.GREEN,
        decision=draw(st.sampled_from(ScanDecision)),
        sequence=draw(st.integers(1, 5)),
        device="d",
    )


@st.composite
def histories(draw):
    """Facts in the order in which they are recorded; many late, or by a fast clock."""
    events = []
    for number in range(draw(st.integers(1, 12))):
        make = draw(st.sampled_from([shipment_fact, shipment_fact, other_fact]))
        event = make(draw)
        recorded = NOW + minutes(10 * number)
        happened = recorded - minutes(draw(st.integers(-6, 6)) * 10)
        stamps = {"event_time": happened, "record_time": recorded}
        identity = {"fact_id": f"fact-{number}"} if isinstance(event, e.Fact) else {}
        events.append(
            replace(event, **stamps, **identity, originator_version=number + 1)
        )
    return events


def fresh(model, events, moment):
    """Rows folded anew, in event-time order, ties by position."""
    told = [
        (event.event_time, position, event)
        for position, event in enumerate(events, start=1)
        if event.event_time <= moment.at and position <= moment.known
    ]
    rows = {}
    for _, _, event in sorted(told, key=lambda found: found[:2]):
        for key in dict.fromkeys(model.keys(event)):
            rows[key] = model.fold(rows.get(key), event)
    return rows


def sums_of(model, rows):
    sums = {}
    for row in rows.values():
        for name, amounts in model.amounts(row).items():
            before = sums.get(name, (0, 0, 0))
            sums[name] = tuple(a + b for a, b in zip(before, amounts, strict=True))
    return {name: amounts for name, amounts in sums.items() if any(amounts)}


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(histories(), st.integers(0, 14), st.integers(0, 13), st.integers(1, 12))
def test_every_view_answers_for_every_moment(events, at, known, page):
    moment = Moment(NOW - minutes(60) + minutes(13 * at), known)
    with tempfile.TemporaryDirectory() as folder:
        for model in READ_MODELS:
            log = MemoryLog(events)
            view = SqliteView(
                Path(folder) / f"{model.name}.db", model, log, is_durable=False
            )
            view.start("log")
            numbered = list(log.events.items())
            for start in range(0, len(numbered), page):
                view.apply(numbered[start : start + page])

            expected = fresh(model, events, moment)

            assert dict(view.rows(moment)) == expected, model.name
            alive = {k: r for k, r in expected.items() if not model.is_closed(r)}
            assert dict(view.rows(moment, open_only=True)) == alive, model.name
            sums = {k: v for k, v in view.sums(moment).items() if any(v)}
            assert sums == sums_of(model, expected), model.name
            for key, row in expected.items():
                assert view.row(key, moment) == row
            if model.kind:
                filled = filled_view(Path(folder), model, log, page)
                assert dict(filled.rows(moment)) == expected, model.name
                assert filled.sums(moment) == view.sums(moment), model.name
                filled.close()
            view.close()


def filled_view(folder, model, log, page):
    """As a rebuild fills it: one stream after the other."""
    view = SqliteView(folder / f"{model.name}.new", model, log, is_durable=False)
    view.start("log")
    told = [each for each in log.events.items() if list(model.keys(each[1]))]
    told.sort(key=stream_of)
    for start in range(0, len(told), page):
        streams = groupby(told[start : start + page], stream_of)
        view.fill((name.partition(":")[2], list(group)) for name, group in streams)
    return view


def stream_of(numbered):
    return numbered[1].originator_id


def test_a_late_fact_that_is_soon_overtaken_leaves_the_newest_row_alone():
    told = [
        (0, e.GoodsPickedUp(plate="鲁X00001", plate_kind=PlateKind.BLUE, goods={})),
        (20, e.GoodsWrittenOff(goods={"80#": 1}, reason=WriteOffReason.DAMAGED)),
        (30, e.ShipmentDeparted()),
        (40, e.CheckpointReached(checkpoint="CP1", direction=Direction.OUTWARD)),
        (10, e.StopArrived(stop="C01")),
        (50, e.ReturnStarted(empty=True)),
    ]
    events = [
        replace(each, originator_id="shipment:s1", event_time=NOW + minutes(at))
        for at, each in told
    ]
    model, log = LiveRoutes(), MemoryLog(events)
    with tempfile.TemporaryDirectory() as folder:
        view = SqliteView(Path(folder) / "v.db", model, log, is_durable=False)
        view.start("log")
        for numbered in log.events.items():
            view.apply([numbered])

        moment = Moment(NOW + minutes(60), 6)
        assert dict(view.rows(moment)) == fresh(model, events, moment)
        view.close()


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(-5, 60))
def test_what_was_known_is_found_by_bisection(offsets, asked):
    times = [NOW + timedelta(minutes=offset) for offset in sorted(offsets)]
    events = [
        e.EnterpriseResumed(originator_id="enterprise:x", event_time=t, record_time=t)
        for t in times
    ]

    class Log(MemoryLog):
        def digest(self):
            return len(events), b""

        def read_at(self, positions):
            return [(p, "", 0, str(p), b"") for p in positions]

    log = Log(events)
    history = History(log, lambda topic, _: log.events[int(topic)])
    now = NOW + timedelta(minutes=asked)

    assert history.known_at(now) == sum(time <= now for time in times)
