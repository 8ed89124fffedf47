"""Which broker is asked: those that answer, else who was silent longest ago."""

import socket
from contextlib import closing
from threading import Thread
from time import monotonic, sleep
from types import SimpleNamespace

import pytest
from kafka.errors import NodeNotReadyError

from infra.event_store import kafka_reach

A, B, C = (SimpleNamespace(host=name, port=9092) for name in "abc")


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """A clock that tests set."""
    clock = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(kafka_reach, "monotonic", lambda: clock.seconds)
    monkeypatch.setattr(kafka_reach, "_silences", {})
    return clock


def hosts(*brokers):
    return "".join(each.host for each in kafka_reach._worth_asking(brokers))


def test_a_silent_one_is_not_asked_while_others_answer():
    kafka_reach._was_silent(B)

    assert hosts(A, B, C) == "ac"


def test_it_is_asked_again_when_it_answered_or_after_a_while(now):
    kafka_reach._was_silent(A)
    kafka_reach._was_silent(B)
    kafka_reach._answered(A)
    assert hosts(A, B, C) == "ac"

    now.seconds += kafka_reach.ASKED_LAST_SECONDS

    assert sorted(hosts(A, B, C)) == ["a", "b", "c"]


def test_where_none_answers_each_is_asked_in_its_turn(now):
    asked = ""
    for _ in range(6):
        (broker,) = (x for x in (A, B, C) if x.host == hosts(A, B, C)[0])
        kafka_reach._was_silent(broker)
        asked += broker.host
        now.seconds += 1

    assert asked == "abcabc"


@pytest.fixture
def balancer():
    """Takes every connection and ends it, as before a broker that is gone."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(5)
        taken = []

        def take():
            while True:
                try:
                    taken.append(listener.accept()[0].close())
                except OSError:
                    return

        taker = Thread(target=take)
        taker.start()
        yield SimpleNamespace(port=listener.getsockname()[1], taken=taken)
        listener.shutdown(socket.SHUT_RDWR)
        taker.join()


@pytest.fixture
def manager(balancer, monkeypatch):
    """Of a client that started at two addresses: nobody is at the other."""
    monkeypatch.setattr(kafka_reach, "monotonic", monotonic)
    client = kafka_reach.impatient_client(
        bootstrap_servers=[f"127.0.0.1:{balancer.port}", "127.0.0.1:1"],
        reconnect_backoff_max_ms=500,
    )
    yield client._manager
    client.close()


def test_a_connection_that_is_lost_at_once_is_not_made_again_at_once(balancer, manager):
    first = manager.cluster.bootstrap_brokers()
    (node_id,) = (b.node_id for b in first if b.port == balancer.port)
    end = monotonic() + 1
    while monotonic() < end:
        try:
            manager.get_connection(node_id)
        except NodeNotReadyError:
            sleep(0.001)
        manager._net.poll(timeout_ms=5)

    assert 2 <= len(balancer.taken) <= 8  # 50, 100, 200, 400 ms, each 20 % more or less


def test_where_the_last_known_broker_fails_the_first_addresses_are_asked(
    balancer, manager
):
    broker = SimpleNamespace(node_id=7, host="127.0.0.1", port=balancer.port)
    manager.cluster._brokers = {7: broker}
    assert manager.least_loaded_node() == 7

    kafka_reach._was_silent(broker)

    asked = manager.cluster.broker_metadata(manager.least_loaded_node())
    assert asked.port == 1
