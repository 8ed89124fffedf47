"""The embedded store under load, on a full disk, damaged, restored."""

import os
import shutil
import sqlite3
import subprocess
from threading import Event, Thread

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent, Tracking

from infra.event_store import (
    Factory,
    LogDiverged,
    StorageFull,
    backup,
    verify,
)
from infra.event_store import index as index_module
from infra.event_store.index import Index
from infra.event_store.local_log import LocalLog
from infra.event_store.tail import Tail


def stored(stream, version=1, size=20):
    return StoredEvent(stream, version, "topic", os.urandom(size).hex().encode())


@pytest.fixture
def made(tmp_path):
    factories = []

    def make(path=tmp_path / "events.db", kind="application"):
        env = {"EVENTS_DB": str(path), "ORIGINATOR_ID_TYPE": "text"}
        factory = Factory(env)
        factories.append(factory)
        return getattr(factory, f"{kind}_recorder")()

    make.path = tmp_path / "events.db"
    make.factories = factories
    yield make
    for factory in factories:
        factory.close()


def write(recorder, count, first=0):
    for number in range(first, first + count):
        recorder.insert_events([stored(f"s{number}")])


def test_a_restart_goes_on_where_it_was(made):
    recorder = made()
    write(recorder, 5)
    before = recorder.digest()
    made.factories.pop().close()

    again = made()

    assert again.digest() == before
    assert again.insert_events([stored("s0", 2)]) == [6]
    with pytest.raises(IntegrityError):
        again.insert_events([stored("s0", 2)])


def test_a_batch_is_all_or_nothing(made):
    recorder = made()
    recorder.insert_events([stored("a")])

    with pytest.raises(IntegrityError):
        recorder.insert_events([stored("b"), stored("a", 3)])

    assert recorder.select_events("b") == []
    assert recorder.insert_events([stored("b"), stored("a", 2)]) == [2, 3]


def test_a_known_conflict_never_reaches_the_log(made):
    recorder = made()
    recorder.insert_events([stored("a")])
    offset = recorder._store.tail.index.head.next_offset

    with pytest.raises(IntegrityError):
        recorder.insert_events([stored("a")])

    assert recorder._store.tail.index.head.next_offset == offset


def test_events_and_tracking_are_one_batch(made):
    recorder = made(kind="process")
    recorder.insert_events([stored("a")], tracking=Tracking("up", 7))

    with pytest.raises(IntegrityError):
        recorder.insert_events([stored("b")], tracking=Tracking("up", 7))

    assert recorder.max_tracking_id("up") == 7
    assert recorder.select_events("b") == []


def test_recorders_of_one_file_share_one_tail(made):
    one, other = made(), made()

    assert one._store.tail is other._store.tail
    one.insert_events([stored("a")])
    assert len(other.select_events("a")) == 1


def test_a_barrier_shows_everything_written_before(made):
    recorder = made()
    futures = [recorder.submit([stored(f"s{n}")]) for n in range(100)]

    recorder.barrier()

    assert all(future.done() for future in futures)
    assert recorder.max_notification_id() == 100


def test_sixty_four_slow_readers_do_not_stop_the_writer(made):
    recorder = made()
    write(recorder, 200)
    stop, wrong = Event(), []

    def read():
        while not stop.wait(0.05):
            found = recorder.select_notifications(1, 10_000)
            ids = [n.id for n in found]
            if ids != list(range(1, len(ids) + 1)):
                wrong.append(ids)

    readers = [Thread(target=read) for _ in range(64)]
    for reader in readers:
        reader.start()
    write(recorder, 200, first=200)
    stop.set()
    for reader in readers:
        reader.join()

    assert recorder.max_notification_id() == 400
    assert wrong == []


def test_a_full_disk_refuses_and_writing_goes_on_when_there_is_room(made):
    recorder = made()
    write(recorder, 10)
    db = recorder._store.tail.index._db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StorageFull) as caught:
        recorder.insert_events([stored("big", size=200_000)])
    position = recorder.max_notification_id()
    db.execute(f"PRAGMA max_page_count = {pages + 10_000}")

    assert caught.value.code == "storage-full"
    assert position == 10
    assert recorder.insert_events([stored("big", size=200_000)]) == [11]
    assert recorder.stopped is None
    assert verify(made.path).findings == ()


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("mount"),
    reason="a small file system needs root and mount",
)
def test_a_really_full_file_system_loses_nothing(tmp_path, made):
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"no tmpfs here: {done.stderr.strip()}")
    try:
        recorder = made(folder / "events.db")
        kept = fill(recorder)
        (folder / "ballast").unlink()
        recorder.insert_events([stored("after")])
        found = {n.originator_id for n in recorder.select_notifications(1, 10_000)}
        made.factories.pop().close()

        assert found == kept | {"after"}
        assert verify(folder / "events.db").findings == ()
    finally:
        subprocess.run(["umount", str(folder)], check=False)


def fill(recorder):
    """Write until the disk is full; the ids of what was acknowledged."""
    folder = recorder._store.path.parent
    (folder / "ballast").write_bytes(bytes(500_000))
    kept = set()
    for number in range(2000):
        try:
            recorder.insert_events([stored(f"s{number}", size=2000)])
        except StorageFull:
            return kept
        kept.add(f"s{number}")
    pytest.fail("the disk never filled")


def test_another_log_under_the_same_file_stops_the_node(tmp_path):
    index = Index(tmp_path / "events.db")

    with pytest.raises(LogDiverged):
        Tail(LocalLog("another", 0), index)
    with pytest.raises(LogDiverged):
        Tail(LocalLog(index.identity, -1), index)
    index.close()


@pytest.mark.parametrize("place", [0.3, 0.5, 0.7, 0.9])
def test_a_flipped_bit_is_named(made, place):
    recorder = made()
    for number in range(400):
        recorder.insert_events([stored(f"s{number}", size=100)])
    made.factories.pop().close()
    db = sqlite3.connect(made.path)
    db.execute("PRAGMA journal_mode=DELETE")
    victim = db.execute(
        "SELECT state FROM event WHERE position = ?", (int(400 * place),)
    ).fetchone()[0]
    db.close()
    raw = bytearray(made.path.read_bytes())
    raw[raw.index(victim) + 50] ^= 1
    made.path.write_bytes(raw)

    (finding,) = verify(made.path).findings

    assert finding.position_from == finding.position_until == int(400 * place)


def test_damage_that_sqlite_notices_is_a_finding_too(made):
    write(made(), 300)
    made.factories.pop().close()
    raw = made.path.read_bytes()
    for spoilt in (raw[: len(raw) // 2], raw[:5000] + bytes(4096) + raw[9096:]):
        made.path.write_bytes(spoilt)

        assert verify(made.path).findings


def test_a_clean_file_verifies_and_its_backup_too(made, tmp_path):
    recorder = made()
    write(recorder, 50)
    copy = tmp_path / "copy.db"

    backup(made.path, copy)

    report = verify(copy)
    assert report.findings == ()
    assert (report.position, report.digest) == (50, recorder.digest()[1].hex())
    with pytest.raises(FileExistsError):
        backup(made.path, copy)


def test_missing_and_added_events_are_named(made):
    recorder = made()
    write(recorder, 20)
    made.factories.pop().close()
    db = sqlite3.connect(made.path)
    db.execute("DELETE FROM event WHERE position = 7")
    db.execute(
        "INSERT INTO event SELECT 21, stream, 2, topic, state FROM event LIMIT 1"
    )
    db.commit()
    db.close()

    findings = verify(made.path).findings

    assert [finding.position_from for finding in findings] == [7, 7, 21]


def test_what_is_at_hand_says_whether_a_state_is_current(made, monkeypatch):
    monkeypatch.setattr(index_module, "CACHED", 3)
    recorder = made()
    assert recorder.is_current("a", 0)
    recorder.insert_events([stored("a")])

    assert not recorder.is_current("a", 0)
    assert recorder.is_current("a", 1)
    write(recorder, 5)
    assert not recorder.is_current("a", 1), "forgotten: it may be any version"
