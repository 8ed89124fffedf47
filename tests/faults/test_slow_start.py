"""A node that starts while Kafka is away waits, says so, and comes up or gives up."""

import logging
import secrets
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

import pytest
from eventsourcing.persistence import OperationalError, StoredEvent

from infra.event_store import Factory, patience, tail
from infra.event_store.writer import Writer
from infra.kafka_broker import BrokerMissingError
from tests.faults.cluster import brokers_in

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
AWAY_SECONDS = 4


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    try:
        with brokers_in(tmp_path_factory.mktemp("broker"), 1) as made:
            yield made
    except BrokerMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def factory(broker, tmp_path):
    made = []

    def make(name="node", topic="", seconds=120):
        env = {
            "EVENTS_DB": str(tmp_path / f"{name}.db"),
            "ORIGINATOR_ID_TYPE": "text",
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
            "KAFKA_TOPIC": topic or f"start-{secrets.token_hex(6)}",
            "KAFKA_START_SECONDS": str(seconds),
        }
        made.append(Factory(env))
        return made[-1]

    yield make
    broker.heal()
    for each in made:
        each.close()


def stored(stream):
    return StoredEvent(stream, 1, "topic", b"{}")


def start_while(factory, spoil, heal, caplog):
    """What a node answers that was started while something was spoilt."""
    caplog.set_level(logging.WARNING)
    spoil()
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(factory.application_recorder)
        end = time.monotonic() + 60
        while "trying again" not in caplog.text and not starting.done():
            assert time.monotonic() < end
            time.sleep(0.1)
        was_early = starting.done()
        heal()
        return starting.result(), was_early


@pytest.mark.parametrize("mode", ["hole", "late", "refuse"])
def test_a_node_waits_for_a_link_and_says_so(broker, factory, caplog, mode):
    (link,) = broker.client_links

    recorder, was_early = start_while(
        factory(),
        lambda: link.set(mode),
        lambda: link.set("ok"),
        caplog,
    )

    assert not was_early
    assert recorder.insert_events([stored("a")]) == [1]


def test_a_node_waits_for_a_broker_that_was_halted(broker, factory, caplog):
    (halted,) = broker.all

    recorder, was_early = start_while(
        factory(),
        lambda: halted.signal(signal.SIGSTOP),
        lambda: halted.signal(signal.SIGCONT),
        caplog,
    )

    assert not was_early
    assert recorder.insert_events([stored("a")]) == [1]


def test_a_node_gives_up_in_words_when_kafka_stays_away(broker, factory):
    (link,) = broker.client_links
    link.set("hole")

    with pytest.raises(OperationalError, match=r"no log for 1 s: is Kafka up"):
        factory(seconds=1).application_recorder()


def test_a_call_that_never_ends_ends_for_the_node(broker, factory, monkeypatch):
    """The client itself waits for ever for some answers: here for all of them."""
    (link,) = broker.client_links
    monkeypatch.setattr(patience, "CALL_SECONDS", 0.2)
    link.set("late")

    with pytest.raises(OperationalError, match="no answer within"):
        factory(seconds=1).application_recorder()


def test_a_link_that_breaks_while_a_node_catches_up_delays_it_no_more(
    broker, factory, monkeypatch
):
    topic = f"breaks-{secrets.token_hex(4)}"
    written = factory("first", topic).application_recorder()
    for number in range(50):
        written.insert_events([stored(f"s-{number}")])
    (link,) = broker.client_links

    def spoil(*arguments):
        """After the look at the log's ends, before the first record is fetched."""
        link.set("hole")
        Timer(AWAY_SECONDS, link.set, ["ok"]).start()
        return Writer(*arguments)

    monkeypatch.setattr(tail, "Writer", spoil)
    recorder = factory("second", topic).application_recorder()

    assert recorder.digest() == written.digest()
    assert recorder.read_page(0, 100) == written.read_page(0, 100)
