"""The port to where sealed bytes are kept by name, and the folder behind it.

A cluster uses `s3_shelf` in its place, or a folder that all nodes mount.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from infra import whole_file


class Shelf(Protocol):
    def put(self, name: str, content: bytes) -> None:
        """Whole and durable when it returns, or not there at all."""

    def get(self, name: str, limit: int = -1) -> bytes | None:
        """The first `limit` bytes, or all; None where there is no such name."""

    def delete(self, name: str) -> None: ...

    def names(self) -> Iterator[str]: ...


class FolderShelf:
    """Two levels: a folder for each first byte of the hash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.write(path, content)

    def get(self, name: str, limit: int = -1) -> bytes | None:
        try:
            with self._path(name).open("rb") as file:
                return file.read(limit)
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        for path in self._folder.glob("??/*"):
            if path.suffix != whole_file.TEMPORARY:
                yield path.name

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
