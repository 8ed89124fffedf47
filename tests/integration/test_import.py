"""A sheet of a thousand pickups through the command line into a running node."""

import json
import os
import subprocess
import sys

import pytest
from openpyxl import load_workbook

from cli.serve import Running
from tests import sheets
from tests.integration.conftest import Served


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    folder = tmp_path_factory.mktemp("import")
    made = Served(folder)
    running = Running(made.url, os.getpid())
    (folder / "node.json").write_text(
        json.dumps({"url": running.url, "pid": running.pid})
    )
    coordinator = made.as_("coordinator", "")
    for code, name in (("C01", "和平小区"), ("C02", "凯瑞园")):
        point = {"lon": 118.0, "lat": 36.8}
        place = {"place": code, "name": name, "kind": "community", "point": point}
        coordinator.post("/v1/places", json=place).raise_for_status()
    yield made, folder
    made.stop()


def ask(folder, file, *more):
    command = [sys.executable, "-m", "cli", "import", "pickups", str(file)]
    command += ["--data", str(folder), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def run_import(folder, file):
    done = ask(folder, file, "--json")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_sheet_goes_in_once_and_its_rejects_come_back(node, tmp_path):
    made, folder = node
    table = list(sheets.rows(1000, ["和平小区", "凯瑞园", "C02"]))
    file = sheets.as_csv(tmp_path / "接龙.csv", table)

    code, first = run_import(folder, file)
    before = made.newest
    _, again = run_import(folder, file)
    after = made.newest

    assert code == 1
    assert (first["rows"], first["documents"], first["known"]) == (2000, 990, 0)
    assert first["rejected_rows"] == 2 * sheets.BAD
    assert again["known"] == 990
    assert before == after
    rejects = (tmp_path / "接龙.rejected.csv").read_text("gb18030")
    assert rejects.splitlines()[0].endswith(",原因")
    assert "小区名未知" in rejects


def test_a_workbook_of_the_same_rows_is_known(node, tmp_path):
    _, folder = node
    table = list(sheets.rows(1000, ["和平小区", "凯瑞园", "C02"]))
    file = sheets.as_book(tmp_path / "接龙.xlsx", table)

    _, told = run_import(folder, file)

    assert told["known"] == told["documents"] == 990
    book = load_workbook(tmp_path / "接龙.rejected.xlsx")
    reasons = [row[-1] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert reasons[0] == "原因"
    assert len(reasons) == 1 + 2 * sheets.BAD


def test_what_is_no_sheet_is_said_to_be_none(node, tmp_path):
    _, folder = node
    for name, raw in (("a.xlsx", b"no"), ("a.csv", b"\xff\xff\xff"), ("b.csv", b"")):
        file = tmp_path / name
        file.write_bytes(raw)

        done = ask(folder, file)

        assert done.returncode == 2
        assert done.stderr.strip()
        assert "Traceback" not in done.stderr


def test_a_document_that_was_changed_afterwards_is_taken_and_flagged(node, tmp_path):
    _, folder = node
    row = ["C1", "guolanzi", "鲁X77777", "", "2020-02-16 05:00", "80#", 1, "10", "45"]
    sent = sheets.as_csv(tmp_path / "一.csv", [[*row, "C01"]])
    changed = sheets.as_csv(tmp_path / "改.csv", [[*row[:6], 2, *row[7:], "C01"]])

    _, first = run_import(folder, sent)
    _, told = run_import(folder, changed)

    assert "booking_differs" not in first["flags"]
    assert told["flags"]["booking_differs"] == told["flags"]["repeated"] == 1
    assert "booking_differs 1" not in ask(folder, changed).stdout


def test_a_sheet_that_names_no_firm_is_not_taken(node, tmp_path):
    _, folder = node
    row = ["N1", "", "鲁X77777", "", "", "80#", 1, "10", "45", "C01"]
    file = sheets.as_csv(tmp_path / "[bold]无.csv", [row])

    refused, taken = ask(folder, file), ask(folder, file, "--organisation", "guolanzi")

    assert refused.returncode == 2
    assert "--organisation" in refused.stderr
    assert taken.returncode == 0, taken.stdout


def test_every_page_of_the_register_is_read(node, tmp_path, monkeypatch):
    _, folder = node
    monkeypatch.setattr("api.reads.MOST", 1)
    row = ["P1", "guolanzi", "鲁X77778", "", "", "80#", 1, "10", "45"]
    table = [[*row, "和平小区"], [*row, "凯瑞园"]]

    code, _ = run_import(folder, sheets.as_csv(tmp_path / "页.csv", table))

    assert code == 0


def test_a_node_that_does_not_answer_is_named(node, tmp_path):
    _, folder = node
    told = folder / "node.json"
    before = told.read_text()
    told.write_text(json.dumps({"url": "http://127.0.0.1:9", "pid": os.getpid()}))

    done = ask(folder, sheets.as_csv(tmp_path / "a.csv", []))

    told.write_text(before)
    assert done.returncode == 2
    assert "does not answer" in done.stderr
