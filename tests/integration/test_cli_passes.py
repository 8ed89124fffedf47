"""The operator's keys beside a running node, and a pass shown without one."""

import json
import subprocess
import sys

import httpx
import pytest
import segno
from PIL import Image

from infra.passes.keys import from_base64
from infra.passes.trust import open_trust_list
from tests.integration.conftest import Served
from tests.passes import grant, stage

AT = "2020-02-16T13:00+08:00"
COMMAND = (sys.executable, "-m", "cli")


def run(*words, stdin=None):
    return subprocess.run(
        [*COMMAND, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        stdin=stdin or subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A node whose folder the commands read; a pass and its lists as files."""
    folder = tmp_path_factory.mktemp("keys")
    served = Served(folder / "data")
    running = {"url": served.url, "pid": 0}
    (folder / "data" / "node.json").write_text(json.dumps(running))
    stage(served)
    grant(served, "cli-1", "鲁X03001")
    text = served.as_("firm").get("/v1/passes/cli-1/signed").json()["text"]
    (folder / "pass.txt").write_text(text)
    (folder / "windows.txt").write_text(f"{text}\n", "utf-8-sig", newline="\r\n")
    segno.make(text, error="m").save(folder / "pass.png", scale=4)
    (folder / "trust.cwt").write_bytes(served.client().get("/v1/trust-list").content)
    (folder / "root.json").write_text(served.client().get("/v1/trust-root").text)
    served.folder = folder
    yield served
    served.stop()


def show(node, file, *more, stdin=None):
    trust = node.folder / "trust.cwt"
    done = run("pass", "show", file, "--trust", trust, "--at", AT, *more, stdin=stdin)
    return done, json.loads(done.stdout) if done.stdout else None


@pytest.mark.parametrize("is_piped", [False, True])
@pytest.mark.parametrize("name", ["pass.txt", "windows.txt", "pass.png"])
def test_a_valid_pass_is_shown_from_text_picture_and_stdin(node, name, is_piped):
    file = node.folder / name

    with file.open("rb") as stdin:
        done, told = show(node, "-" if is_piped else file, stdin=stdin)

    assert done.returncode == 0, done.stderr
    assert (told["verdict"], told["reason"]) == ("valid", "")
    assert told["content"]["plate"] == "鲁X03001"


def test_a_pass_of_another_time_or_an_altered_one_is_not_valid(node):
    text = (node.folder / "pass.txt").read_text()
    altered = node.folder / "altered.txt"
    altered.write_text(text[:100] + ("A" if text[100] != "A" else "B") + text[101:])

    late, told = show(node, node.folder / "pass.txt", "--at", "2020-03-16T13:00+08:00")
    wrong, about = show(node, altered)

    assert (late.returncode, told["reason"]) == (1, "expired")
    assert told["content"]["plate"] == "鲁X03001"
    assert wrong.returncode == 1
    assert about["content"] is None


def test_what_is_no_pass_is_said_in_words(node):
    foreign = node.folder / "foreign.png"
    segno.make("https://example.org/pay").save(foreign, scale=4)
    empty = node.folder / "empty.png"
    Image.new("L", (200, 200), 255).save(empty)
    noise = node.folder / "noise.jpg"
    noise.write_bytes(b"%PDF-1.7\xff\xfe\x00" * 50)

    assert show(node, foreign)[1]["reason"] == "prefix"
    for file, words in (
        (empty, "no QR code"),
        (noise, "no picture"),
        (node.folder / "nowhere", "No such file"),
    ):
        done, _ = show(node, file)
        assert done.returncode == 2
        assert words in done.stderr


def test_a_time_without_an_offset_is_refused(node):
    done, _ = show(node, node.folder / "pass.txt", "--at", "2020-02-16T13:00")

    assert (done.returncode, "offset" in done.stderr) == (2, True)


def keys_of(node):
    done = run("signing-keys", "list", "--json", "--data", node.folder / "data")
    return json.loads(done.stdout)


def test_keys_are_made_listed_and_rotated_beside_the_node(node):
    data = node.folder / "data"
    before = keys_of(node)

    made = run("signing-keys", "make", "county", "--data", data)
    again = run("signing-keys", "rotate", "--data", data)
    after = keys_of(node)

    assert made.returncode == 0, made.stderr
    assert {key["issuer"] for key in before} == {"county", "lists"}
    assert len(after) == len(before) + 1
    kid = made.stdout.split()[0]
    (key,) = [key for key in after if key["kid"] == kid]
    assert (key["state"], key["private_key"]) == ("signing", "here")
    assert (data / "secrets" / "signing" / f"{kid}.pem").stat().st_mode & 0o777 == 0o600
    assert "lasts" in again.stdout


def test_the_root_key_signs_on_a_machine_of_its_own(node):
    data = node.folder / "data"
    signing = data / "secrets" / "signing"
    away = node.folder / "usb-root.pem"
    (signing / "root.pem").rename(away)

    missing = httpx.get(f"{node.url}/v1/trust-list").json()
    without = run("signing-keys", "trust-list", "--data", data)
    done = run("signing-keys", "trust-list", "--data", data, "--root", away)
    served = httpx.get(f"{node.url}/v1/trust-list").content
    opened = open_trust_list(served, from_base64((signing / "root.pub").read_text()))
    shown = run("pass", "show", node.folder / "pass.txt", "--at", AT, "--data", data)

    assert missing["code"] == "trust-list-not-found"
    assert (without.returncode, "--root" in without.stderr) == (2, True)
    assert done.returncode == 0, done.stderr
    assert {key.issuer for key in opened.keys.values()} == {"CN-370323-county", "lists"}
    assert shown.returncode == 0, shown.stderr
    away.rename(signing / "root.pem")


def test_another_root_key_is_refused(node):
    data = node.folder / "data"
    other = next(
        path
        for path in (data / "secrets" / "signing").glob("*.pem")
        if path.name != "root.pem"
    )

    done = run("signing-keys", "trust-list", "--data", data, "--root", other)

    assert (done.returncode, "not the root key" in done.stderr) == (2, True)
