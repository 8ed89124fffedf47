"""Kills, a full disk, a flipped bit: nothing acknowledged is lost, damage is named."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from eventsourcing.persistence import StoredEvent

from infra.event_store import Factory, Reader, StorageFull, verify

pytestmark = pytest.mark.faults
WRITER = """
import sys, threading, uuid
from eventsourcing.persistence import StoredEvent
from infra.event_store import Factory
env = {"EVENTS_DB": sys.argv[1], "ORIGINATOR_ID_TYPE": "text"}
recorder = Factory(env).application_recorder()
lock = threading.Lock()
def write():
    while True:
        name = str(uuid.uuid4())
        (position,) = recorder.insert_events([StoredEvent(name, 1, "topic", b"{}")])
        with lock:
            print(position, name, flush=True)
for _ in range(16):
    threading.Thread(target=write).start()
"""


def make(path):
    return Factory({"EVENTS_DB": str(path), "ORIGINATOR_ID_TYPE": "text"})


def stored(stream, state=b"{}"):
    return StoredEvent(stream, 1, "topic", state)


def test_killed_20_times_under_16_writers_nothing_acknowledged_is_lost(tmp_path):
    path, acknowledged = tmp_path / "events.db", {}

    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            first = writer.stdout.readline()
            time.sleep(0.05)
            writer.send_signal(signal.SIGKILL)
            told = [first, *writer.stdout]
        whole = (line.split() for line in told if line.endswith("\n"))
        acknowledged.update({int(position): name for position, name in whole})
    reader = Reader(path)
    found = {row[0]: row[1] for row in reader.page(0, 10**6)}
    reader.close()

    assert len(acknowledged) >= 20
    assert acknowledged.items() <= found.items()
    assert verify(path).findings == ()


def test_a_full_disk_is_answered_and_writing_resumes_when_there_is_room(tmp_path):
    factory = make(tmp_path / "events.db")
    recorder = factory.application_recorder()
    recorder.insert_events([stored("first")])
    db = recorder._store.tail.index._db
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(StorageFull):
        recorder.insert_events([stored("big", bytes(100_000))])
    db.execute("PRAGMA max_page_count = 1000000")
    again = recorder.insert_events([stored("big", bytes(100_000))])

    assert again == [2]
    assert recorder.stopped is None
    factory.close()
    assert verify(tmp_path / "events.db").findings == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_disk_that_is_really_full_is_answered_and_writing_resumes(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine mounts no tmpfs")
    factory = make(disk / "events.db")
    try:
        recorder = factory.application_recorder()
        recorder.insert_events([stored("first")])
        ballast = disk / "ballast"
        free = os.statvfs(disk)
        ballast.write_bytes(bytes((free.f_bavail - 8) * free.f_bsize))

        with pytest.raises(StorageFull):
            recorder.insert_events([stored("big", bytes(300_000))])
        ballast.unlink()

        assert recorder.insert_events([stored("big", bytes(300_000))]) == [2]
    finally:
        factory.close()
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def damaged(tmp_path):
    path = tmp_path / "events.db"
    factory = make(path)
    recorder = factory.application_recorder()
    for number in range(50):
        recorder.insert_events([stored(f"s-{number}", b"marker-%02d" % number)])
    factory.close()
    return path


def test_a_flipped_bit_in_an_event_is_named_by_its_position(damaged):
    data = bytearray(damaged.read_bytes())
    data[data.index(b"marker-30")] ^= 1
    damaged.write_bytes(data)

    (finding,) = verify(damaged).findings

    assert (finding.position_from, finding.position_until) == (31, 31)


def test_a_page_that_sqlite_cannot_read_is_a_finding(damaged):
    data = bytearray(damaged.read_bytes())
    start = data.index(b"marker-30") // 4096 * 4096
    data[start : start + 8] = b"\xff" * 8
    damaged.write_bytes(data)

    assert verify(damaged).findings


def test_a_removed_event_is_named(damaged):
    with sqlite3.connect(damaged) as db:
        db.execute("DELETE FROM event WHERE position = 31")
    db.close()

    found = [(f.position_from, f.what) for f in verify(damaged).findings]

    assert (31, "positions are missing") in found
