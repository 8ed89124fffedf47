"""The node's secrets: files of mode 0600 that are made once and never logged."""

import os
import secrets
from pathlib import Path


def session_secret(folder: Path) -> bytes:
    """32 random bytes, the same after a restart and on every node of a cluster."""
    path = folder / "session"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()
