"""Batches, conflicts, and what verify and backup say of a file."""

import os
import sqlite3
from contextlib import closing

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from infra.event_store import (
    Factory,
    backup,
    verify,
)
from infra.event_store import index as index_module


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


def test_a_value_of_another_type_is_named(made):
    """Who edits the file by hand leaves text where bytes were."""
    write(made(), 20)
    made.factories.pop().close()
    with closing(sqlite3.connect(made.path)) as db, db:
        db.execute("UPDATE event SET state = CAST(state AS TEXT) WHERE position = 7")
        db.execute("UPDATE event SET version = 'x' WHERE position = 9")

    findings = verify(made.path).findings

    named = [f.position_from for f in findings if "another type" in f.what]
    assert named == [7, 9]


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


def test_what_was_ever_written_is_never_new(made, monkeypatch):
    monkeypatch.setattr(index_module, "CACHED", 3)
    recorder = made()
    assert recorder.is_new("s0")

    write(recorder, 20)
    made.factories.pop().close()
    again = made()

    assert not [n for n in range(20) if again.is_new(f"s{n}")]
    assert again.is_new("s20")
    with pytest.raises(IntegrityError):
        write(again, 1)
