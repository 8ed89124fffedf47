"""What was committed goes into the file beside the tail: that waits for the disk."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread

EVERY_SECONDS = 1.0


class Checkpointer:
    """A thread of its own, idle while nothing is written.

    It holds up neither who writes nor who reads. SQLite's own checkpoint, in the midst
    of a commit, held every writer up for as long as the disk took: some 100 ms.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written, self._closing = Event(), Event()
        self._thread = Thread(target=self._run, name="log-checkpoint", daemon=True)
        self._thread.start()

    def written(self) -> None:
        """Something was committed."""
        self._written.set()

    def close(self) -> None:
        self._closing.set()
        self._written.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(EVERY_SECONDS):
            self._written.wait()
            self._written.clear()
            with suppress(sqlite3.Error):
                self._checkpoint()

    def _checkpoint(self) -> None:
        with closing(sqlite3.connect(self._path)) as db:
            db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
