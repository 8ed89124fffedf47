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

from infra import whole_file
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
        whole_file.create(self._path / kek.id, msgspec.json.encode(kek))
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
        found = self._path.iterdir()
        return sorted(p.name for p in found if p.suffix != whole_file.TEMPORARY)

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
        whole_file.settle(self._path)
