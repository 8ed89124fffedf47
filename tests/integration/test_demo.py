"""The whole demo, unattended, with the power cut: every figure agrees."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress

import pytest

from cli.demo.command import whole_script
from cli.demo.noise import with_noise
from cli.demo.script import DAYS
from cli.node import running_on
from infra.event_store import Reader

MIDST = 100


def run_demo(folder, *options):
    command = [sys.executable, "-m", "cli", "demo", "--data", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=280)


def test_the_figures_of_eleven_days_come_out_to_the_yuan(tmp_path):
    done = run_demo(tmp_path / "demo", "--check")

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 differ" in done.stdout
    assert "160350" in done.stdout


def test_a_demo_that_was_killed_or_stopped_goes_on_and_loses_nothing(tmp_path):
    folder = tmp_path / "demo"
    options = ["--speed", "0", "--port", "0", "--day"]
    command = [sys.executable, "-m", "cli", "demo", "--data", str(folder), *options]
    first = subprocess.Popen([*command, "16"], stdout=subprocess.DEVNULL)
    wait_until(lambda: position_in(folder) > MIDST)
    os.kill(running_on(folder).pid, signal.SIGKILL)
    first.kill()
    first.wait()
    before = exported(folder)

    after_the_kill = run_demo(folder, *options, "16")
    afterwards = exported(folder)
    after_the_stop = run_demo(folder, *options, "17")

    for done in (after_the_kill, after_the_stop):
        assert done.returncode == 0, done.stdout + done.stderr
        assert " 0 differ" in done.stdout
    assert MIDST < len(before) < len(afterwards)
    assert afterwards[: len(before)] == before


def position_in(folder):
    path = folder / "events.db"
    if not path.exists():
        return 0
    with closing(Reader(path)) as reader, suppress(sqlite3.OperationalError):
        return reader.max_position() or 0
    return 0


def exported(folder):
    command = [sys.executable, "-m", "cli", "export", "--data", str(folder)]
    return subprocess.run(command, capture_output=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", ["node.json", "secrets/demo-keys.json"])
def test_a_demo_whose_window_is_closed_ends_its_node(tmp_path, moment, told):
    """While the node starts, and when it plays."""
    folder = tmp_path / "demo"
    command = [sys.executable, "-m", "cli", "demo", "--data", str(folder)]
    demo = subprocess.Popen([*command, "--port", "0"], stdout=subprocess.DEVNULL)
    wait_until((folder / moment).exists)

    demo.send_signal(told)

    assert demo.wait(60) != 0
    running = subprocess.run(["ps", "-ww", "-eo", "command"], capture_output=True)
    assert str(folder).encode() not in running.stdout


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_day_on_which_nothing_came_differs_and_fails_the_check(tmp_path):
    code = (
        "import cli.demo.command as c, pathlib;"
        "c.whole_script = list;"
        "c.demo(pathlib.Path(r'{}'), 0, 0, 16, 1, True)"
    )
    command = [sys.executable, "-c", code.format(tmp_path / "demo")]

    done = subprocess.run(command, capture_output=True, text=True, timeout=100)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "0 ≠ 18" in done.stdout


def test_the_noise_is_what_was_promised_and_repeats_with_its_seed():
    messages = whole_script()

    noisy = with_noise(messages, 7)

    assert noisy.late >= len(messages) * 0.05
    assert noisy.doubled >= len(messages) * 0.02
    assert noisy.wrong >= len(messages) * 0.01
    assert with_noise(messages, 7) == noisy
    assert with_noise(messages, 8) != noisy


def test_the_script_sums_up_to_the_articles_figures():
    assert sum(day.jin for day in DAYS) == 38_000
    assert sum(day.yuan for day in DAYS) == 160_350
