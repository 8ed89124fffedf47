"""Files that are there whole or not at all, whoever looks and whenever power fails."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TEMPORARY = ".part"
PRIVATE, PUBLIC = 0o600, 0o644


def write(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """In place of what was there; on the disk when it returns."""
    with _beside(path, content, mode) as part:
        part.replace(path)


def create(path: Path, content: bytes) -> None:
    """Private, and on the disk when it returns; raises FileExistsError."""
    with _beside(path, content, PRIVATE) as part:
        path.hardlink_to(part)


def settle(path: Path) -> None:
    """What was written to a file survives a loss of power, or renamed in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _beside(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    part = path.with_name(f"{secrets.token_hex(8)}{TEMPORARY}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield part
    finally:
        part.unlink(missing_ok=True)
    settle(path.parent)
