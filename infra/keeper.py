"""Looks every hour for what is kept no longer: persons, documents."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

from eventsourcing.persistence import PersistenceError

from infra.erasure import Eraser, Run
from projections.runner import Runner

EVERY_SECONDS = 3600
WAIT_SECONDS = 30
VIEWS = ("dossiers", "papers")
_log = logging.getLogger(__name__)


class BehindError(PersistenceError):
    """The read models have not come as far as the log: nothing is erased on those."""

    code = "behind"
    retry_after_seconds = 5


class Keeper:
    """`keep` is how long persons are kept after their pass ended."""

    def __init__(
        self,
        eraser: Eraser,
        runner: Runner,
        recorder: Any,
        clock: Callable[[], datetime],
        keep: timedelta,
        tidy: Callable[[], object] = lambda: None,
    ) -> None:
        """`tidy` is what else is to be looked at every hour."""
        self._eraser, self._runner, self._recorder = eraser, runner, recorder
        self._clock, self.keep = clock, keep
        self._tidy = tidy
        self._lock, self._stopped = Lock(), Event()
        self._thread = Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def run(self) -> Run:
        """Once, now. What others have written, as a document named, is seen first."""
        with self._lock:
            self._recorder.barrier()
            last = self._recorder.max_notification_id() or 0
            if not self._runner.wait(VIEWS, last, WAIT_SECONDS):
                raise BehindError
            return self._eraser.retain(self._clock(), self.keep)

    def _run(self) -> None:
        while not self._stopped.wait(EVERY_SECONDS):
            try:
                self.run()
                self._tidy()
            except Exception:  # noqa: BLE001 -- logged, and tried again
                _log.exception("the hourly look failed; it is tried again in an hour")
