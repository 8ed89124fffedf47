"""Every view at (T, K) equals a fresh fold of what had happened by T, known by K."""

import tempfile
from collections import defaultdict
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import events as e
from domain.events import EVENTS
from domain.values import Direction, PlateKind, WriteOffReason
from infra.views import blocks
from infra.views.history import History
from infra.views.view import SqliteView
from projections import READ_MODELS
from projections.deliveries import Deliveries
from projections.live_routes import LiveRoutes
from projections.model import Moment
from tests.unit.domain.given import NOW, minutes, state_of
from tests.unit.projections.lives import LIVES, histories, trips


class MemoryLog:
    """The events by position, as a view may ask for them again."""

    def __init__(self, events):
        self.events = dict(enumerate(events, start=1))

    def at(self, positions):
        kept = sorted(self.events.keys() & set(positions))
        return [(position, self.events[position]) for position in kept]

    def identity(self):
        return "log"


def fresh(model, events, moment):
    """Rows folded anew, in event-time order, ties by position."""
    told = [
        (event.event_time, position, event)
        for position, event in enumerate(events, start=1)
        if event.event_time <= moment.at and position <= moment.known
    ]
    rows, history = {}, defaultdict(list)
    for _, _, event in sorted(told, key=lambda found: found[:2]):
        for key in dict.fromkeys(model.keys(event)):
            rows[key] = model.fold(rows.get(key), event)
            history[key].append(event)
    if not model.mends:
        return rows
    corrected = {key for key, row in rows.items() if row.is_corrected}
    return rows | {key: model.whole(history[key]) for key in corrected}


def test_every_kind_of_event_is_drawn_and_fills_every_view():
    drawn = {type(event) for life in LIVES for event in life}
    filled = {
        model.name
        for model in READ_MODELS
        for life in LIVES
        if fresh(model, life, Moment(NOW, len(life)))
    }

    assert set(EVENTS) - drawn == {e.RequestHandled}
    assert filled == {model.name for model in READ_MODELS}


@given(trips())
def test_what_the_board_says_has_moved_is_what_the_shipment_itself_says(events):
    moved = fresh(Deliveries(), events, Moment(NOW + minutes(1000), len(events)))
    row = moved["firm.1"]
    trip = state_of(events)["shipment:firm.1"]

    left = row.cases("picked_up") - sum(
        row.cases(kind) for kind in ("delivered", "written_off", "returned")
    )

    assert left == sum(trip.balance().cases.values())


@pytest.fixture(autouse=True, scope="module")
def _small_blocks():
    """So that a short history has whole blocks, and moments divide some."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(blocks, "SIZE", 3)
        yield


def sums_of(model, rows):
    sums = {}
    for row in rows.values():
        for name, amounts in model.amounts(row).items():
            before = sums.get(name, (0, 0, 0))
            sums[name] = tuple(a + b for a, b in zip(before, amounts, strict=True))
    return {name: amounts for name, amounts in sums.items() if any(amounts)}


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(histories(), st.integers(0, 20), st.integers(0, 20), st.integers(1, 5))
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
