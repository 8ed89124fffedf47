"""A restored, older log; a failing read model; a rebuild in a process of its own."""

import shutil
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from decimal import Decimal

import pytest

from domain import commands as c
from domain.values import Line, Reporter, Role
from infra import bootstrap
from infra.bootstrap import FolderInUseError, Node
from infra.settings import Settings
from infra.views import blocks
from infra.views import rebuild as rebuilding
from infra.views.rebuild import main as rebuild
from projections.model import Moment

FIRM = Reporter("k", "firm", frozenset({Role.FIRM}))
CLOCK = "2020-02-16T05:30+08:00@0"


def start(folder):
    node = Node(Settings(data=folder, clock=CLOCK))
    node.start()
    return node


def pick_up(node, number):
    command = c.PickUpGoods(
        by=FIRM,
        shipment_id=f"firm.{number}",
        document_no=str(number),
        organisation="firm",
        plate="鲁X00001",
        fact_id=f"fact-{number:04d}",
        lines=(Line("80#", 10, 5.0, Decimal(45)),),
    )
    outcome = node.application.handle(command)
    assert node.runner.wait(list(node.views), outcome.position, 10)


def documents(node):
    rows = node.views["live_routes"].rows(Moment())
    return sorted(row.document_no for _, row in rows)


def test_views_of_a_longer_history_are_built_again(tmp_path):
    folder, copy = tmp_path / "node", tmp_path / "copy"
    node = start(folder)
    pick_up(node, 1)
    node.stop()
    shutil.copytree(folder, copy)
    node = start(folder)
    pick_up(node, 2)
    pick_up(node, 3)
    node.stop()

    shutil.copy(copy / "events.db", folder / "events.db")
    node = start(folder)
    pick_up(node, 4)

    assert documents(node) == ["1", "4"]
    node.stop()


def test_files_of_an_earlier_version_are_not_kept(tmp_path):
    """Rows of another shape, or of a read model that is no more."""
    start(tmp_path).stop()
    views = tmp_path / "views"
    kept = sorted(path.name for path in views.iterdir())
    for name in ("live_routes-0123456789ab.db", "gone-0123456789ab.db"):
        (views / name).touch()
        (views / f"{name}-wal").touch()

    start(tmp_path).stop()

    assert sorted(path.name for path in views.iterdir()) == kept


def test_a_rebuild_in_its_own_process_equals_the_live_view(tmp_path):
    node = start(tmp_path)
    for number in range(5):
        pick_up(node, number)
    live = {name: dict(view.rows(Moment())) for name, view in node.views.items()}
    node.stop()

    for name in live:
        rebuild(str(tmp_path / "events.db"), str(tmp_path / "views"), name)
    node = start(tmp_path)

    assert {n: dict(v.rows(Moment())) for n, v in node.views.items()} == live
    node.stop()


def test_two_processes_rebuild_what_one_does(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "SIZE", 1)
    node = start(tmp_path)
    for number in range(9):
        pick_up(node, number)
    hours_ago = node.clock() - timedelta(hours=1)
    ids = {"by": FIRM, "shipment_id": "firm.3"}
    late = c.ReportDeparture(**ids, event_time=hours_ago, fact_id="fact-late")
    goods = c.DeliverGoods(**ids, stop="C01", goods={"80#": 4}, fact_id="fact-goods")
    for told in (goods, late):
        position = node.application.handle(told).position
        assert node.runner.wait(list(node.views), position, 10)
    node.stop()
    path = node.views["deliveries"].path
    live = dump(path)

    monkeypatch.setattr(rebuilding, "WORTH_SHARING", 0)
    rebuild(str(tmp_path / "events.db"), str(tmp_path / "views"), "deliveries")

    assert dump(path) == live
    assert not list(path.parent.glob("*.new*"))


def dump(path):
    """Every row of every table, however the file came to be."""
    with closing(sqlite3.connect(path)) as db:
        tables = ("row", "amount", "life", "block", "block_sum")
        found = {t: sorted(db.execute(f"SELECT * FROM {t}"), key=repr) for t in tables}
        mark = db.execute("SELECT position, last_event FROM mark").fetchone()
    assert all(found.values())
    return found | {"mark": mark}


def test_what_is_far_behind_is_rebuilt_before_the_node_serves(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "BEHIND", 3)
    node = start(tmp_path)
    for number in range(5):
        pick_up(node, number)
    node.stop()
    shutil.rmtree(tmp_path / "views")

    again = Node(Settings(data=tmp_path, clock=CLOCK))

    assert {view.position for view in again.views.values()} == {10}
    assert documents(again) == ["0", "1", "2", "3", "4"]
    again.stop()


def test_a_read_model_that_fails_leaves_the_round_and_comes_back(tmp_path):
    node = start(tmp_path)
    view = node.views["live_routes"]
    fold, view.model.fold = view.model.fold, broken
    command = c.OpenLane(lane="l", name="l", waypoints=())
    node.application.handle(
        c.BookShipment(
            by=FIRM, shipment_id="firm.1", organisation="firm", document_no="1"
        )
    )
    outcome = node.application.handle(command)
    others = [name for name in node.views if name != "live_routes"]

    assert node.runner.wait(others, outcome.position, 10)
    wait_until(lambda: node.runner.health()["live_routes"].error)
    assert "on purpose" in node.runner.health()["live_routes"].error
    view.model.fold = fold
    assert node.runner.wait(["live_routes"], outcome.position, 10)
    assert node.runner.health()["live_routes"].error is None
    node.stop()


def broken(*_):
    msg = "on purpose"
    raise ValueError(msg)


def wait_until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_folder_serves_one_process(tmp_path):
    node = start(tmp_path)

    with pytest.raises(FolderInUseError):
        Node(Settings(data=tmp_path, clock=CLOCK))
    node.stop()


def test_a_node_that_cannot_open_gives_its_folder_back(tmp_path):
    settings = Settings(data=tmp_path, clock=CLOCK)
    damaged = tmp_path / "positions.db"
    damaged.write_bytes(b"no database " * 100)
    with pytest.raises(sqlite3.DatabaseError) as seen:
        Node(settings)

    damaged.unlink()
    again = Node(settings)

    assert again.runner.health().keys() >= {"positions"}, seen
    again.stop()


def test_a_simulated_clock_goes_on_from_the_last_record(tmp_path):
    node = start(tmp_path)
    node.clock.advance_to(node.clock().replace(day=20))
    pick_up(node, 1)
    last = node.clock()
    node.stop()

    again = start(tmp_path)

    assert again.clock() >= last
    again.stop()
