"""How long anybody waits for Kafka: every call ends, and a start is tried again."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import wraps
from threading import Thread
from time import monotonic, sleep
from typing import Any, ParamSpec, TypeVar

from eventsourcing.persistence import OperationalError

from infra.event_store.errors import FileInUse

START_SECONDS = 60.0
CALL_SECONDS = 20.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 5.0
ASKED = (
    "is Kafka up, and reachable, and do KAFKA_SECURITY_PROTOCOL,"
    " user, password and authority fit?"
)
_log = logging.getLogger(__name__)
_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def start_seconds(setting: Callable[[str], str | None]) -> float:
    """KAFKA_START_SECONDS: for so long Kafka need not answer when a node starts."""
    return float(setting("KAFKA_START_SECONDS") or START_SECONDS)


def patiently(attempt: Callable[[], _Result], seconds: float) -> _Result:
    """Try again while Kafka does not answer, each time saying so.

    Raises OperationalError when the time is over, and at once whatever waiting does
    not mend.
    """
    end, pause = monotonic() + seconds, FIRST_PAUSE_SECONDS
    while True:
        try:
            return attempt()
        except FileInUse:
            raise
        except OperationalError as error:
            left = end - monotonic()
            if left <= pause:
                msg = f"{error}; no log for {seconds:g} s: {ASKED}"
                raise OperationalError(msg) from error
            _log.warning("%s; trying again for %.0f s", error, left)
            sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def bounded(method: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """The client waits without end for some answers: whoever calls it does not.

    Raises OperationalError after CALL_SECONDS. A client that is made later is closed.
    """

    @wraps(method)
    def call(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        done: Future[_Result] = Future()

        def run() -> None:
            try:
                done.set_result(method(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 -- it is the caller's
                done.set_exception(error)

        Thread(target=run, name=f"kafka-{method.__name__}", daemon=True).start()
        wait([done], CALL_SECONDS)
        if not done.done():
            done.add_done_callback(_put_away)
            msg = f"Kafka gave no answer within {CALL_SECONDS:g} s ({method.__name__})"
            raise OperationalError(msg)
        return done.result()

    return call


def _put_away(done: "Future[Any]") -> None:
    close = None if done.exception() else getattr(done.result(), "close", None)
    if close:
        close()
