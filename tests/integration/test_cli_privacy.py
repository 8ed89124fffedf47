"""Erasure, retention and the vault from the command line, on a folder of one's own."""

import subprocess
import sys
from datetime import timedelta

import pytest

from domain.errors import WrongStateError
from infra.vault import KekFolder, Keyring, SqliteKeyStore, VaultLockedError
from tests.integration.conftest import Served
from tests.integration.test_documents import MARKER, PDF, uploaded
from tests.integration.test_persons import (
    DRIVER,
    ID_NUMBER,
    NAME,
    PLATE,
    TEXTS,
    WEEK,
    WHOLE,
    persons,
)
from tests.readable import found_in

PAPER = MARKER.decode()


@pytest.fixture
def node(tmp_path):
    made = Served(tmp_path / "data")
    body = {"issuer": "county", "name": "县", "division_code": "370323"}
    body |= {"serial_from": 0, "serial_until": 99, "validity_days": 14}
    made.as_("admin").post("/v1/issuers", json=body).raise_for_status()
    running = f'{{"url": "{made.url}", "pid": 1}}'
    (tmp_path / "data" / "node.json").write_text(running)
    yield made
    made.stop()


def applied(node, pass_id, **more):
    firm = node.as_("firm")
    draft = {"pass_id": pass_id, "issuer": "county", **PLATE}
    firm.post("/v1/passes", json=draft).raise_for_status()
    body = PLATE | WEEK | {"driver": DRIVER, "declaration": True} | more
    firm.post(f"/v1/passes/{pass_id}/requests", json=body).raise_for_status()


def greenchannel(node, *words, typed=None):
    data = str(node.node.settings.data)
    command = [sys.executable, "-m", "cli", *words, "--data", data]
    return subprocess.run(command, capture_output=True, text=True, input=typed)


def states(node, pass_id):
    found = persons(node.as_("reviewer", ""), pass_id).json()["persons"]
    return [one["state"] for one in found]


def test_an_application_is_erased_by_its_id(node):
    applied(node, "one")
    applied(node, "two")

    done = greenchannel(node, "erase", "--pass", "one", "--reason", "本人申请")

    assert (done.returncode, done.stdout) == (0, "1 persons and 0 documents erased\n")
    assert (states(node, "one"), states(node, "two")) == (["erased"], ["readable"])


def test_whoever_shows_an_id_card_is_erased_wherever_it_stands(node):
    applied(node, "one")
    applied(node, "two", driver=DRIVER | {"id_number": "11010519491231002X"})
    applied(
        node,
        "three",
        crew=[{"name": "别名", "id_number": ID_NUMBER}],
        driver=None,
        crew_count=2,
    )

    done = greenchannel(node, "erase", "--id-number", typed=f"{ID_NUMBER}\n")

    assert done.returncode == 0, done.stderr
    assert "2 persons" in done.stdout
    assert ID_NUMBER not in done.stdout + done.stderr
    found = [states(node, name) for name in ("one", "two", "three")]
    assert found == [["erased"], ["readable"], ["erased"]]


@pytest.mark.parametrize("words", [[], ["a" * 32, "--pass", "one"]])
def test_an_erasure_names_one_thing(node, words):
    assert greenchannel(node, "erase", *words).returncode == 2


def test_an_unknown_subject_is_said_to_be_unknown(node):
    done = greenchannel(node, "erase", "f" * 32)

    assert done.returncode == 2
    assert "person-not-found" in done.stderr


def test_after_erasure_and_rotation_nothing_of_a_person_is_in_any_file(node):
    folder = node.node.settings.data
    paper = uploaded(node.as_("firm"), PDF)
    named = [{"kind": "application_form", "hash": paper}]
    applied(node, "gone", **WHOLE | {"documents": named})
    applied(node, "kept")
    reviewer = node.as_("reviewer", "")
    seen = persons(reviewer, "gone").json()["persons"]
    reviewer.get(f"/v1/documents/{paper}").raise_for_status()
    store, before = node.node._keys, KekFolder(node.node.settings.keks).ids()
    subjects = [one["subject"] for one in seen]
    subjects.append(node.node.documents._head(paper).subject)
    wrapped = [store.find(subject).sealed for subject in subjects]
    everything = (*wrapped, *(key[12:44] for key in wrapped))
    assert found_in(folder, (*TEXTS, PAPER)) == []
    assert len({key for _, key in found_in(folder, (), *wrapped)}) == len(wrapped)

    erased = greenchannel(node, "erase", "--pass", "gone")
    assert found_in(folder, (*TEXTS, PAPER), *everything) == []
    rotated = greenchannel(node, "vault", "rotate")

    assert (erased.returncode, rotated.returncode) == (0, 0), rotated.stderr
    assert found_in(folder, (*TEXTS, PAPER), *everything) == []
    after = KekFolder(node.node.settings.keks).ids()
    assert len(after) == 1
    assert set(after).isdisjoint(before)
    assert states(node, "gone") == ["erased"] * 3
    assert states(node, "kept") == ["readable"]
    applied(node, "new")
    assert states(node, "new") == ["readable"]


def test_what_a_backup_of_the_keys_opens_ends_with_the_rotation(node, tmp_path):
    applied(node, "one")
    copy = tmp_path / "copy.db"
    assert greenchannel(node, "vault", "backup", str(copy)).returncode == 0
    again = greenchannel(node, "vault", "backup", str(copy))

    greenchannel(node, "vault", "rotate")

    (driver,) = persons(node.as_("reviewer", ""), "one").json()["persons"]
    stolen = SqliteKeyStore(copy)
    request = node.node.application.state("pass:one").request
    with pytest.raises(VaultLockedError):
        Keyring(stolen, KekFolder(node.node.settings.keks)).reveal(
            driver["subject"], "driver", request.driver.sealed
        )
    stolen.close()
    assert driver["name"] == NAME
    assert (again.returncode, copy.stat().st_mode & 0o777) == (2, 0o600)


def test_a_kek_of_thirty_days_is_due_and_health_says_so(node):
    fresh = greenchannel(node, "vault", "status")
    assert fresh.returncode == 0
    health = node.client().get("/health").json()["vault"]
    assert health == {"is_locked": False, "is_rotation_due": False}

    keks = KekFolder(node.node.settings.keks)
    (kek,) = keks.ids()
    old = keks.read(kek)
    made = old.made_time - timedelta(days=30)
    text = (node.node.settings.keks / kek).read_text()
    text = text.replace(f"{old.made_time:%Y-%m-%d}", f"{made:%Y-%m-%d}")
    (node.node.settings.keks / kek).write_text(text)

    due = greenchannel(node, "vault", "status")
    assert (due.returncode, "30 days" in due.stdout) == (1, True)
    assert node.client().get("/health").json()["vault"]["is_rotation_due"]


def test_without_its_kek_the_node_goes_on_and_says_what_is_missing(node):
    applied(node, "one")
    (path,) = node.node.settings.keks.iterdir()
    kept = path.read_bytes()
    path.unlink()
    node.node.keyring._ready.clear()

    health = node.client().get("/health").json()["vault"]
    reading = persons(node.as_("reviewer", ""), "one")
    desk = node.as_("reviewer", "").get("/v1/pass-desk")

    assert health["is_locked"]
    assert (reading.status_code, reading.json()["code"]) == (503, "vault-locked")
    assert desk.status_code == 200
    assert greenchannel(node, "vault", "status").returncode == 2
    path.write_bytes(kept)
    assert states(node, "one") == ["readable"]


def test_persons_go_thirty_days_after_their_pass_and_what_a_live_one_shares_stays(node):
    licence, vehicle = uploaded(node.as_("firm")), uploaded(node.as_("firm"))
    own = [{"kind": "driving_licence", "hash": licence}]
    shared = [{"kind": "vehicle_licence", "hash": vehicle}]
    applied(node, "over", documents=own + shared)
    applied(node, "live", documents=shared)
    reviewer = node.as_("reviewer", "")
    reviewer.post("/v1/passes/over/refusals", json={"reason": "x"}).raise_for_status()
    reviewer.post("/v1/passes/live/approvals", json={}).raise_for_status()
    keeper, start = node.node.keeper, node.node.clock()

    def after(days):
        keeper._clock = lambda: start + timedelta(days=days)
        done = keeper.run()
        return done.persons, done.documents

    assert after(29.9) == (0, 0)
    assert after(30.1) == (1, 1)
    assert (states(node, "over"), states(node, "live")) == (["erased"], ["readable"])
    assert reviewer.get(f"/v1/documents/{vehicle}").status_code == 200
    assert after(36.4) == (0, 0)
    assert after(36.6) == (1, 1)
    assert states(node, "live") == ["erased"]
    assert reviewer.get(f"/v1/documents/{vehicle}").status_code == 410
    assert after(40) == (0, 0)


def test_an_application_that_cannot_be_erased_keeps_no_other(node, monkeypatch):
    for pass_id in ("one", "two", "three"):
        applied(node, pass_id)
    keeper, start = node.node.keeper, node.node.clock()
    keeper._clock = lambda: start + timedelta(days=40)
    handle = node.node.application.handle

    def fails(command, request=None):
        if getattr(command, "pass_id", "") == "two":
            raise WrongStateError("pass", "locked", "erase it")
        return handle(command, request)

    monkeypatch.setattr(node.node.application, "handle", fails)
    told = greenchannel(node, "retention")

    assert told.stdout.startswith("2 persons and 0 documents of 2 applications")
    assert (told.returncode, "1 are left" in told.stderr) == (2, True)
    monkeypatch.undo()
    assert greenchannel(node, "retention").stdout.startswith("1 persons")


def test_retention_from_the_command_line_tells_what_it_did(node):
    applied(node, "one")
    keeper, start = node.node.keeper, node.node.clock()
    keeper._clock = lambda: start + timedelta(days=40)

    done = greenchannel(node, "retention")
    again = greenchannel(node, "retention")

    assert done.stdout.startswith("1 persons and 0 documents of 1 applications")
    assert again.stdout.startswith("0 persons and 0 documents of 0 applications")
