from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from eventsourcing.persistence import IntegrityError
from msgspec.structs import replace

from domain import commands as c
from domain.application import GreenChannel, Request
from domain.errors import KeyReusedError
from tests.unit.domain import examples as x
from tests.unit.domain.given import FIRM, NOW, STAFF, minutes

ENV = {
    "PERSISTENCE_MODULE": "eventsourcing.popo",
    "MAPPER_TOPIC": "infra.mapper:EventMapper",
    "ORIGINATOR_ID_TYPE": "text",
}
REQUEST = Request("a" * 64, "b" * 64)


@pytest.fixture
def app():
    with GreenChannel(lambda: NOW, ENV) as made:
        yield made


def told(number):
    name = {"shipment_id": "firm.1", "fact_id": f"fact-{number:04d}"}
    return c.ReportBreakdown(by=FIRM, **name)


def test_events_are_stamped_with_place_times_and_reporter(app):
    happened = NOW - minutes(3)
    command = replace(x.PICK_UP, by=FIRM, event_time=happened)

    booked, picked = app.handle(command).events

    assert (booked.originator_id, booked.originator_version) == ("shipment:firm.1", 1)
    assert picked.originator_version == 2
    assert (booked.event_time, booked.record_time) == (NOW, NOW)
    assert (picked.event_time, picked.record_time) == (happened, NOW)
    assert picked.recorded_by == FIRM.id


def test_what_is_decided_on_an_old_state_is_not_saved(app):
    one = app.attempt(replace(x.PICK_UP, by=FIRM))
    app.handle(replace(x.BOOK, shipment_id="firm.2", by=FIRM))
    late = app.attempt(replace(x.PICK_UP, by=FIRM, fact_id="fact-late"))

    assert one.future.result() == [1, 2]
    assert late.future.result() == [4]


def test_two_writers_of_one_stream_both_end_up_in_it(app):
    app.handle(replace(x.PICK_UP, by=FIRM))
    start = Barrier(8)

    def write(number):
        start.wait()
        return app.handle(told(number)).position

    with ThreadPoolExecutor(8) as pool:
        positions = list(pool.map(write, range(8)))

    assert len(set(positions)) == 8
    assert len(app.state("shipment:firm.1").facts) == 9


def test_a_lost_race_is_the_stores_integrity_error(app):
    app.handle(replace(x.PICK_UP, by=FIRM))
    stored = list(app.recorder.select_events("shipment:firm.1"))

    with pytest.raises(IntegrityError):
        app.recorder.insert_events(stored[:1])


def test_twenty_racing_requests_with_one_key_are_one(app):
    start = Barrier(20)

    def write(_):
        start.wait()
        return app.handle(replace(x.REGISTER, by=STAFF), REQUEST)

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(write, range(20)))

    assert sum(bool(outcome.events) for outcome in outcomes) == 1
    assert sum(outcome.replayed is not None for outcome in outcomes) == 19
    assert app.recorder.max_notification_id() == 2


def test_a_key_with_another_body_is_refused(app):
    app.handle(replace(x.REGISTER, by=STAFF), REQUEST)

    with pytest.raises(KeyReusedError) as caught:
        app.handle(replace(x.REGISTER, by=STAFF), Request(REQUEST.id, "c" * 64))

    assert caught.value.code == "idempotency-key-reused"


def test_an_event_of_another_kind_survives_the_round_trip(app):
    for history, command in x.ACCEPTED:
        for event in history.when(replace(command, by=STAFF)).decided():
            stream = event.originator_id or command.stream
            stamped = replace(event, originator_id=stream, originator_version=1)
            stored = app.mapper.to_stored_event(stamped)

            assert app.mapper.to_domain_event(stored) == stamped
