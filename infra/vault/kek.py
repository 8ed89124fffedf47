"""The master keys (KEK): files of mode 0600 in secrets/kek, one per generation.

Only the newest wraps new keys; older ones live until a rotation has wrapped
everything anew, then they are destroyed: that ends what old backups can open.
"""

import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from infra.vault.errors import VaultLockedError


class Kek(msgspec.Struct, frozen=True):
    id: str
    made_time: datetime
    key: bytes

    def __repr__(self) -> str:
        return f"Kek({self.id})"


class KekFolder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def make(self, now: datetime) -> Kek:
        """A new generation, on the disk when this returns."""
        kek = Kek(secrets.token_hex(8), now, secrets.token_bytes(32))
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        handle = os.open(self._path / kek.id, flags, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(kek))
            file.flush()
            os.fsync(file.fileno())
        _settle_folder(self._path)
        return kek

    def read(self, kek_id: str) -> Kek:
        """Raises VaultLockedError where it is not there or cannot be read."""
        try:
            raw = (self._path / kek_id).read_bytes()
            return msgspec.json.decode(raw, type=Kek)
        except (OSError, msgspec.DecodeError):
            msg = f"The KEK {kek_id} is not in {self._path}"
            raise VaultLockedError(msg) from None

    def ids(self) -> list[str]:
        if not self._path.is_dir():
            return []
        return sorted(path.name for path in self._path.iterdir())

    def destroy(self, kek_id: str) -> None:
        """Overwritten, then removed; another may do it at the same time.

        Copies that the operator made are theirs.
        """
        path = self._path / kek_id
        with suppress(FileNotFoundError):
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        _settle_folder(self._path)


def _settle_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
