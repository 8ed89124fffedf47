"""The node's secrets: files of mode 0600 that are made once and never logged."""

import secrets
from contextlib import suppress
from pathlib import Path

from infra import whole_file


def session_secret(folder: Path) -> bytes:
    """32 random bytes, the same after a restart and on every node of a cluster."""
    path = folder / "session"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        whole_file.create(path, secrets.token_bytes(32))
    return path.read_bytes()
