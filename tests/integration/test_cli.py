"""The operator's commands beside a running node, as subprocesses."""

import http.client
import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import httpx
import pytest

from projections import READ_MODELS
from tests.serving import serving, url_of


def run(*words, folder):
    command = [sys.executable, "-m", "cli", *words, "--data", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("cli") / "data"
    with serving(made):
        yield made
    assert not (made / "node.json").exists()


def test_a_key_is_made_used_and_revoked(folder):
    words = ("access", "key", "ERP", "--role", "firm", "--organisation", "firm")
    key = run(*words, folder=folder).stdout.strip()
    headers = {"Authorization": f"Bearer {key}"}
    client = httpx.Client(base_url=url_of(folder), headers=headers)

    assert client.get("/v1/session").json()["organisation"] == "firm"
    access_id = key.split("_")[1]
    assert run("access", "revoke", access_id, folder=folder).returncode == 0
    assert client.get("/v1/session").status_code == 401
    listed = run("access", "list", folder=folder).stdout
    rows = json.loads(run("access", "list", "--json", folder=folder).stdout)
    assert [row["state"] for row in rows if row["id"] == access_id] == ["revoked"]
    assert access_id in listed
    assert "revoked" in listed
    assert key not in listed
    client.close()


def test_the_command_line_comes_back_after_its_key_was_ended(tmp_path):
    folder = tmp_path / "data"
    with serving(folder):
        held = (folder / "secrets" / "operator").read_text()
        run("access", "revoke", held.split("_")[1], folder=folder)

        told = run("access", "key", "ERP", "--role", "coordinator", folder=folder)

        assert told.returncode == 2
        assert "restart the node" in told.stderr
    with serving(folder):
        made = run("access", "key", "ERP", "--role", "coordinator", folder=folder)
        assert made.stdout.startswith("gc_")
    assert (folder / "secrets" / "operator").stat().st_mode & 0o777 == 0o600


def test_an_invitation_is_a_link_with_its_secret_in_the_fragment(folder):
    words = ("access", "invite", "值班", "--role", "coordinator")

    link = run(*words, folder=folder).stdout.strip()

    assert link.startswith(f"{url_of(folder)}/sign-in#")


def test_what_the_node_refuses_is_one_line_and_code_two(folder):
    done = run("access", "revoke", "nobody", folder=folder)

    assert done.returncode == 2
    assert "access-not-found" in done.stderr


def test_the_log_is_verified_exported_and_copied_beside_the_node(folder, tmp_path):
    report = json.loads(run("verify", "--json", folder=folder).stdout)
    lines = run("export", folder=folder).stdout.splitlines()
    copied = run("backup", "--json", str(tmp_path / "copy.db"), folder=folder)
    again = run("backup", str(tmp_path / "copy.db"), folder=folder)

    assert report["findings"] == []
    assert json.loads(lines[-1])["position"] == len(lines) == report["position"]
    assert json.loads(copied.stdout)["bytes"] == (tmp_path / "copy.db").stat().st_size
    assert (copied.returncode, again.returncode) == (0, 2)


def test_a_rebuild_waits_until_the_node_is_stopped(folder):
    assert run("rebuild", folder=folder).returncode == 2


def test_read_models_are_built_anew_from_a_copy_of_the_log(folder, tmp_path):
    run("backup", str(tmp_path / "events.db"), folder=folder)

    built = run("rebuild", "--json", folder=tmp_path)

    assert built.returncode == 0, built.stderr
    names = sorted(model.name for model in READ_MODELS)
    assert sorted(json.loads(built.stdout)["rebuilt"]) == names
    files = {path.name.partition("-")[0] for path in tmp_path.glob("views/*.db")}
    assert sorted(files) == names
    assert run("rebuild", "--view", "none", folder=tmp_path).returncode == 2


def test_a_log_that_was_changed_is_found_and_said_by_the_exit_code(folder, tmp_path):
    run("backup", str(tmp_path / "events.db"), folder=folder)
    assert run("verify", folder=tmp_path).returncode == 0
    with closing(sqlite3.connect(tmp_path / "events.db")) as db, db:
        db.execute("UPDATE event SET state = replace(state, 'e', 'a')")

    found = run("verify", "--json", folder=tmp_path)

    assert found.returncode == 1
    finding, *_ = json.loads(found.stdout)["findings"]
    assert finding["position_from"] == 1


def test_a_second_node_on_the_folder_or_the_port_is_refused(folder):
    port = url_of(folder).rpartition(":")[2]
    same_folder = run("serve", "--port", "0", folder=folder)
    same_port = run("serve", "--port", port, folder=folder.parent / "other")

    assert (same_folder.returncode, same_port.returncode) == (2, 2)
    assert "another process" in same_folder.stderr
    assert "taken" in same_port.stderr


def test_without_a_node_the_commands_say_so(tmp_path):
    assert "No node runs" in run("access", "revoke", "x", folder=tmp_path).stderr
    assert "no events.db" in run("verify", folder=tmp_path).stderr


def test_the_operators_key_is_for_the_operator_alone(folder):
    path = folder / "secrets" / "operator"

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_node_stops_although_somebody_watches_the_map(tmp_path):
    folder = tmp_path / "watched"
    with serving(folder) as node:
        key = (folder / "secrets" / "operator").read_text()
        headers = {"Authorization": f"Bearer {key}"}
        url = f"{url_of(folder)}/v1/live-map/stream"
        with httpx.stream("GET", url, headers=headers, timeout=30) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "event: snap"

            node.terminate()

            assert node.wait(15) == 0


def test_a_connection_outlasts_the_five_seconds_that_clients_keep_it(folder):
    host, _, port = url_of(folder).removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    connection.request("GET", "/health")
    connection.getresponse().read()
    held = connection.sock

    time.sleep(6)
    connection.request("GET", "/health")

    assert connection.getresponse().status == 200
    assert connection.sock is held
    connection.close()
