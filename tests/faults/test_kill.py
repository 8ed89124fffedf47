"""SIGKILL in the middle of writing: nothing acknowledged is lost, nothing is torn."""

import subprocess
import sys
import time

import pytest

from infra.event_store import Factory, verify

ROUNDS = 20
WRITERS = 16
CODE = """
import sys, threading, uuid
from eventsourcing.persistence import StoredEvent
from infra.event_store import Factory
recorder = Factory({"EVENTS_DB": sys.argv[1], "ORIGINATOR_ID_TYPE": "text"})
recorder = recorder.application_recorder()
def write():
    while True:
        name = uuid.uuid4().hex
        pair = [StoredEvent(name, 1, "t", b"a" * 300), StoredEvent(name, 2, "t", b"b")]
        recorder.insert_events(pair)
        sys.stdout.write(name + "\\n")
        sys.stdout.flush()
for _ in range(int(sys.argv[2])):
    threading.Thread(target=write, daemon=True).start()
threading.Event().wait()
"""


@pytest.mark.faults
def test_twenty_kills_lose_nothing_that_was_acknowledged(tmp_path):
    path = tmp_path / "events.db"
    acknowledged = set()
    for number in range(ROUNDS):
        acknowledged |= write_until_killed(path, 0.15 + 0.02 * number)

    factory = Factory({"EVENTS_DB": str(path), "ORIGINATOR_ID_TYPE": "text"})
    recorder = factory.application_recorder()
    found = {}
    for row in recorder.read_page(0, 10**7):
        found.setdefault(row[1], []).append(row[2])
    factory.close()

    assert acknowledged
    assert acknowledged <= set(found)
    assert all(versions == [1, 2] for versions in found.values())
    assert verify(path).findings == ()


def write_until_killed(path, seconds):
    command = [sys.executable, "-c", CODE, str(path), str(WRITERS)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE)
    first = writer.stdout.readline()
    time.sleep(seconds)
    writer.kill()
    rest = writer.stdout.read()
    writer.wait()
    writer.stdout.close()
    whole = (first + rest).decode().split("\n")[:-1]
    return set(whole)
