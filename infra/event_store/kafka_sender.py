"""Sending records, and sending again what the client sits on: a watchdog."""

import logging
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

from infra.event_store.kafka_clients import DELIVERY_MS, Clients

STUCK_SECONDS = 2 * DELIVERY_MS / 1000
BATCH_BYTES = 1 << 18
_log = logging.getLogger(__name__)


class Sender:
    """A record's future ends in any case: with its offset, or without an answer.

    A client that neither delivers nor gives up is put aside for a new one.
    """

    def __init__(self, clients: Clients, partition: TopicPartition) -> None:
        self._clients, self._partition = clients, partition
        self._waiting: dict[Future[int], float] = {}
        self._producer = self._make()
        self.rebuilt = 0

    def send(self, record: bytes, key: bytes | None = None) -> "Future[int]":
        topic, number = self._partition
        done: Future[int] = Future()
        self._waiting[done] = monotonic()
        done.add_done_callback(lambda ended: self._waiting.pop(ended, None))
        try:
            sent = self._producer.send(topic, key=key, value=record, partition=number)
        except (KafkaError, ValueError) as error:
            _end(done, error)
        else:
            sent.add_callback(lambda told: _end(done, told.offset))
            sent.add_errback(lambda error: _end(done, error))
        return done

    def look(self) -> None:
        """Called now and then: replaces a client that sits on its records."""
        limit = monotonic() - STUCK_SECONDS
        stuck = [f for f, since in tuple(self._waiting.items()) if since < limit]
        if stuck:
            _log.error("the producer is stuck on %d records: a new one", len(stuck))
            self._replace()
            for done in stuck:
                _end(done, TimeoutError("the producer was replaced"))

    def close(self) -> None:
        _close(self._producer)

    def _replace(self) -> None:
        """The old one is closed apart: it may hang in that, too."""
        old, self._producer = self._producer, self._make()
        self.rebuilt += 1
        Thread(target=_close, args=(old,), daemon=True).start()

    def _make(self) -> Any:
        return self._clients.producer(self._partition.topic, batch_size=BATCH_BYTES)


def _end(done: "Future[int]", answer: int | BaseException) -> None:
    """The first answer counts; a client put aside may still give one."""
    if done.done() or not done.set_running_or_notify_cancel():
        return
    if isinstance(answer, BaseException):
        done.set_exception(answer)
    else:
        done.set_result(answer)


def _close(producer: Any) -> None:
    with suppress(KafkaError):
        producer.close(timeout=1)
