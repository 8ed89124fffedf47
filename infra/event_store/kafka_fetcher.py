"""Fetching records, by a new client where the old one stays silent: a watchdog."""

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic, sleep
from typing import Any

from kafka import TopicPartition
from kafka.errors import (
    CorruptRecordError,
    KafkaError,
    LogTruncationError,
    OffsetOutOfRangeError,
)

from infra.event_store.errors import LogDiverged
from infra.event_store.kafka_clients import Clients

FRAMES_AT_ONCE = 5000
FETCH_WAIT_MS = 500
PAUSE_SECONDS = 0.1
SILENT_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Fetcher:
    """`read` by one thread; `expect` and `look` by any other.

    Silent is a client that gives nothing where something is known to stand, or does
    not come back at all.
    """

    def __init__(self, clients: Clients, partition: TopicPartition) -> None:
        self._clients, self._partition = clients, partition
        self._consumer = self._make()
        self._spare: Any = None
        self._next, self._end = -1, 0
        self._waiting_since = 0.0
        self.rebuilt = 0

    def read(self, offset: int, timeout: float) -> list[tuple[int, bytes | None]]:
        """Raises LogDiverged where what was asked for is not in the log."""
        self._take_spare()
        self._waiting_since = self._waiting_since or monotonic()
        found = self._poll(offset, timeout)
        if found or offset >= self._end:
            self._waiting_since = 0.0
        return found

    def expect(self, end: int) -> None:
        """Something is known to stand before `end`."""
        self._end = max(self._end, end)

    def look(self) -> None:
        """Called now and then: has a new client ready for one that is silent.

        Who hangs in the old one comes back when that is closed.
        """
        since = self._waiting_since
        if not since or monotonic() - since < SILENT_SECONDS:
            return
        old = self._consumer
        if self._spare is None:
            _log.error("nothing was fetched for %g s: a new client", SILENT_SECONDS)
            self._spare = self._make()
        else:
            _close_apart(old.close)

    def close(self) -> None:
        for consumer in (self._consumer, self._spare):
            if consumer is not None:
                with suppress(KafkaError):
                    consumer.close()

    def _take_spare(self) -> None:
        if self._spare is None:
            return
        _close_apart(self._consumer.close)
        self._consumer, self._spare = self._spare, None
        self._next, self._waiting_since = -1, 0.0
        self.rebuilt += 1

    def _poll(self, offset: int, timeout: float) -> list[tuple[int, bytes | None]]:
        try:
            if self._next != offset:
                self._consumer.seek(self._partition, offset)
            polled = self._consumer.poll(int(timeout * 1000))
        except (OffsetOutOfRangeError, LogTruncationError, CorruptRecordError) as error:
            msg = f"The log cannot be read at {offset}: {error!r}"
            raise LogDiverged(msg) from error
        except KafkaError:
            self._next = -1
            sleep(PAUSE_SECONDS)
            return []
        found = [(r.offset, r.value) for some in polled.values() for r in some]
        self._next = found[-1][0] + 1 if found else offset
        return found

    def _make(self) -> Any:
        made = self._clients.consumer(
            max_poll_records=FRAMES_AT_ONCE, fetch_max_wait_ms=FETCH_WAIT_MS
        )
        made.assign([self._partition])
        return made


def _close_apart(close: Callable[[], None]) -> None:
    """It may hang in that, too."""
    Thread(target=_quietly, args=(close,), daemon=True).start()


def _quietly(close: Callable[[], None]) -> None:
    with suppress(KafkaError):
        close()
