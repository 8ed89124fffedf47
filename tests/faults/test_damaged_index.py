"""A bit flips in a node's file: found, named, and healed from the log."""

import secrets
import sqlite3

import pytest
from eventsourcing.persistence import StoredEvent

from infra.event_store import Factory, LogDiverged, verify

pytestmark = pytest.mark.faults


def stored(stream, version=1):
    return StoredEvent(stream, version, "topic", b"marker-" + stream.encode())


class Nodes:
    """On one topic; `open` as often as wanted, `close` closes them all."""

    def __init__(self, bootstrap, folder):
        self._env = {
            "ORIGINATOR_ID_TYPE": "text",
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "KAFKA_TOPIC": f"damaged-{secrets.token_hex(6)}",
        }
        self._folder, self._open = folder, []

    def path(self, name):
        return self._folder / f"{name}.db"

    def open(self, name):
        made = Factory(self._env | {"EVENTS_DB": str(self.path(name))})
        self._open.append(made)
        return made.application_recorder()

    def close(self):
        for factory in self._open:
            factory.close()
        self._open.clear()


@pytest.fixture
def nodes(kafka, tmp_path):
    made = Nodes(kafka, tmp_path)
    here, there = made.open("here"), made.open("there")
    for number in range(20):
        (here, there)[number % 2].insert_events([stored(f"s-{number}")])
    here.barrier()
    there.barrier()
    made.close()
    yield made
    made.close()


def flip(path, what):
    data = bytearray(path.read_bytes())
    data[data.index(what)] ^= 1
    path.write_bytes(data)


def last_digest(path):
    with sqlite3.connect(path) as db:
        query = "SELECT digest FROM checkpoint ORDER BY position DESC LIMIT 1"
        ((digest,),) = db.execute(query)
    db.close()
    return digest


def test_a_flipped_bit_in_an_event_is_named_and_a_new_file_is_whole(nodes):
    flip(nodes.path("here"), b"marker-s-7")
    ((first, last, *_),) = [
        (f.position_from, f.position_until) for f in verify(nodes.path("here")).findings
    ]

    nodes.path("here").unlink()
    healed, other = nodes.open("here"), nodes.open("there")

    assert (first, last) == (8, 8)
    assert healed.read_page(0, 100) == other.read_page(0, 100)
    assert healed.digest() == other.digest()


@pytest.mark.parametrize("what", ["digest", "event"])
def test_a_node_whose_last_digest_is_wrong_does_not_start_to_speak(nodes, what):
    wanted = {"digest": last_digest(nodes.path("here")), "event": b"marker-s-19"}
    flip(nodes.path("here"), wanted[what])

    with pytest.raises(LogDiverged, match="damaged"):
        nodes.open("here")

    other = nodes.open("there")
    assert other.insert_events([stored("s-20")]) == [21]
    other.barrier()
    assert other.stopped is None
