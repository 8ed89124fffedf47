"""What a newcomer reads where the machine lacks something: words, no traceback."""

import shutil
import subprocess

import pytest

STUB = (
    '#!/bin/sh\ncase "$1" in -c) exit {old};; -V) echo Python 3.9.2;; *) exit 1;; esac'
)


def install(tmp_path, *tools):
    """Where nothing is on the PATH but these, and `rm`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "rm").symlink_to(shutil.which("rm"))
    for name, text in tools:
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    env = {"PATH": str(folder), "VENV": str(tmp_path / "venv"), "LOCK": "none.lock"}
    command = ["/bin/sh", "infra/install.sh"]
    return subprocess.run(command, env=env, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("tools", "told"),
    [
        ([], "Python 3.11 or newer is needed and python3 was not found"),
        ([("python3", STUB.format(old=1))], "needed; this is Python 3.9.2"),
        ([("python3", STUB.format(old=0))], "apt install python3-venv"),
    ],
)
def test_what_the_machine_lacks_is_said_in_words(tmp_path, tools, told):
    done = install(tmp_path, *tools)

    assert done.returncode == 1
    assert told in done.stderr
    assert not (tmp_path / "venv").exists()
