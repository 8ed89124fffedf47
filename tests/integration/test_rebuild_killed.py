"""A rebuild is killed, or loses power: the old file stands, or the new is whole."""

import signal
import subprocess
import sys
import time

from domain import events as e
from infra import whole_file
from infra.event_store import Factory
from infra.views import rebuild_apart
from infra.views.rebuild import WORTH_SHARING, rebuild
from projections.live_routes import LiveRoutes
from tests.benchmarks.harness import stored_of
from tests.unit.domain.given import NOW

EVENTS = WORTH_SHARING + 10_000
EACH = 10


def events(start, stop):
    for number in range(start, stop):
        shipment, fact = divmod(number, EACH)
        yield e.GoodsDelivered(
            originator_id=f"shipment:firm.{shipment}",
            originator_version=fact + 1,
            event_time=NOW,
            record_time=NOW,
            stop=f"C{fact:02d}",
            goods={"80#": 1},
        )


def write(path, count=EVENTS):
    factory = Factory({"EVENTS_DB": str(path), "ORIGINATOR_ID_TYPE": "text"})
    recorder = factory.application_recorder()
    for start in range(0, count, 5000):
        recorder.insert_events(
            [stored_of(each) for each in events(start, start + 5000)]
        )
    factory.close()


def test_a_rebuild_killed_in_its_midst_leaves_the_old_file_and_no_trace(tmp_path):
    log, folder = tmp_path / "events.db", tmp_path / "views"
    write(log)
    rebuild_apart(log, folder, "live_routes")
    (old,) = folder.iterdir()
    before = old.read_bytes()
    command = [sys.executable, "-m", "infra.views.rebuild"]

    killed = subprocess.Popen([*command, str(log), str(folder), "live_routes"])
    while not list(folder.glob("*.new*-*")):
        assert killed.poll() is None
        time.sleep(0.001)
    killed.kill()

    assert killed.wait() == -signal.SIGKILL
    assert old.read_bytes() == before
    rebuild_apart(log, folder, "live_routes")
    assert list(folder.iterdir()) == [old]
    assert old.read_bytes() == before


def test_the_new_file_is_on_the_disk_before_the_old_one_goes(tmp_path, monkeypatch):
    log, folder = tmp_path / "events.db", tmp_path / "views"
    write(log, 5000)
    model = LiveRoutes()
    old = rebuild(log, folder, model).read_bytes()
    seen, settle = [], whole_file.settle

    def watched(path):
        names = sorted(each.suffix[:4] for each in folder.iterdir())
        seen.append((path.suffix[:4], names))
        settle(path)

    monkeypatch.setattr(whole_file, "settle", watched)

    assert rebuild(log, folder, model).read_bytes() == old
    assert seen == [(".new", [".db", ".new"]), ("", [".db"])]
