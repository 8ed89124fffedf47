"""One machine of three is off: who comes anew finds the others at once."""

from time import monotonic

import pytest
from eventsourcing.persistence import StoredEvent
from kafka.errors import KafkaError

from infra.event_store import Factory
from infra.event_store.kafka_clients import Clients

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
BOOTSTRAPS = 8
FOUND_SECONDS = 20.0
TOPIC = "silent"


@pytest.fixture(scope="module")
def start(brokers, tmp_path_factory):
    """A node by its name."""
    folder, made = tmp_path_factory.mktemp("silent"), []
    brokers.heal()

    def node(name):
        env = {
            "EVENTS_DB": str(folder / f"{name}.db"),
            "ORIGINATOR_ID_TYPE": "text",
            "KAFKA_BOOTSTRAP_SERVERS": brokers.bootstrap,
            "KAFKA_TOPIC": TOPIC,
        }
        made.append(Factory(env))
        return made[-1].application_recorder()

    yield node
    brokers.heal()
    for each in made:
        each.close()


def test_new_nodes_and_new_clients_go_to_those_that_answer(brokers, start):
    first = start("first")
    first.insert_events([StoredEvent("a", 1, "topic", b"{}")])
    silent = (brokers.leader(TOPIC) + 1) % 3
    brokers.client_links[silent].set("hole")

    second = start("second")
    written = second.insert_events([StoredEvent("b", 1, "topic", b"{}")])

    assert written == [2]
    clients = Clients({"KAFKA_BOOTSTRAP_SERVERS": brokers.bootstrap}.get)
    for _ in range(BOOTSTRAPS):  # of random choices one in three is wrong
        clients.lasting_admin().close()


def test_a_client_told_of_one_broker_alone_finds_the_others_when_that_dies(
    brokers, start
):
    start("told").insert_events([StoredEvent("c", 1, "topic", b"{}")])
    brokers.heal()
    clients = Clients({"KAFKA_BOOTSTRAP_SERVERS": brokers.bootstrap}.get)
    admin, leader = clients.lasting_admin(), brokers.leader(TOPIC)
    cluster = admin._manager.cluster  # as a broker answers that lost sight of the rest
    cluster._brokers = {leader + 1: cluster._brokers[leader + 1]}
    brokers.all[leader].kill()

    end, found = monotonic() + FOUND_SECONDS, []
    while not found and monotonic() < end:
        try:
            found = admin.describe_topics([TOPIC])
        except KafkaError:
            continue

    assert [each["name"] for each in found] == [TOPIC]
    admin.close()
