"""A node started as an operator starts it: `greenchannel serve` in a process."""

import json
import subprocess
import sys
import time
from contextlib import contextmanager

START_SECONDS = 60


@contextmanager
def serving(folder, *words):
    """The process, once it answers; it ends with the block, whatever happened there."""
    command = [sys.executable, "-m", "cli", "serve", "--data", str(folder)]
    node = subprocess.Popen(
        [*command, "--port", "0", *words], stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (folder / "node.json").exists():
            assert node.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield node
    finally:
        node.terminate()
        assert node.wait(30) == 0


def url_of(folder):
    return json.loads((folder / "node.json").read_text())["url"]
