"""The log of a cluster: one partition of one topic."""

import secrets
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from time import sleep
from typing import Any

from eventsourcing.persistence import OperationalError
from kafka.errors import (
    CorruptRecordError,
    KafkaError,
    LogTruncationError,
    OffsetOutOfRangeError,
)

from infra.event_store.errors import LogDiverged
from infra.event_store.frame import Frame
from infra.event_store.kafka_clients import REQUEST_MS, Clients, Setting
from infra.event_store.kafka_topic import KafkaTopic
from infra.event_store.wire import (
    Genesis,
    decode,
    decode_genesis,
    encode,
    encode_genesis,
)

FRAMES_AT_ONCE = 5000
FETCH_WAIT_MS = 500
PAUSE_SECONDS = 0.1
GENESIS_SECONDS = 10.0
ATTEMPTS = 5


def open_log(setting: Setting, topic: str, *, may_create: bool) -> "KafkaLog":
    return KafkaLog(Clients(setting), topic, may_create=may_create)


class KafkaLog:
    """`append` by any thread, `read` by one."""

    keeps = True
    frames_in_flight = 2

    def __init__(self, clients: Clients, name: str, *, may_create: bool) -> None:
        """Raises LogDiverged, LogUnsafe, or OperationalError: Kafka does not answer."""
        self._topic = KafkaTopic(clients, name)
        self._look = self._topic.ensure(may_create=may_create)
        self._producer = clients.producer(name, batch_size=1 << 18)
        self._consumer = clients.consumer(
            max_poll_records=FRAMES_AT_ONCE, fetch_max_wait_ms=FETCH_WAIT_MS
        )
        self._consumer.assign([self._topic.partition])
        self._next = -1
        try:
            self._genesis = self._find_genesis(may_create=may_create)
        except BaseException:
            self.close()
            raise

    def append(self, frame: Frame) -> "Future[int]":
        return self._send(encode(frame))

    def read(self, offset: int, timeout: float) -> Sequence[tuple[int, Frame]]:
        return [(at, decode(at, record)) for at, record in self._poll(offset, timeout)]

    def nudge(self) -> None:
        """A read ends when something arrives; nothing else ends it."""

    def bounds(self) -> tuple[int, int]:
        return self._topic.bounds()

    def identity(self) -> str:
        """Random, written once: another one where the topic was made again."""
        return self._genesis.log_id

    def close(self) -> None:
        self._producer.close(timeout=1)
        self._consumer.close()

    def _send(self, record: bytes) -> "Future[int]":
        done: Future[int] = Future()
        try:
            sent = self._producer.send(
                self._topic.name,
                value=record,
                partition=self._topic.partition.partition,
            )
        except (KafkaError, ValueError) as error:
            done.set_exception(error)
        else:
            sent.add_callback(lambda told: done.set_result(told.offset))
            sent.add_errback(done.set_exception)
        return done

    def _poll(self, offset: int, timeout: float) -> list[tuple[int, bytes | None]]:
        """Raises LogDiverged where what was asked for is not in the log."""
        try:
            if self._next != offset:
                self._consumer.seek(self._topic.partition, offset)
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

    def _find_genesis(self, *, may_create: bool) -> Genesis:
        """The first record; whoever comes first writes it, the others read it."""
        for _ in range(ATTEMPTS):
            first, end = self._topic.bounds()
            if first:
                msg = f"The log begins at {first}: its history was deleted"
                raise LogDiverged(msg)
            if end:
                return decode_genesis(self._first_record())
            if not may_create:
                msg = "The log is empty; this node has a copy of it"
                raise LogDiverged(msg)
            made = Genesis(secrets.token_hex(16))
            with suppress(KafkaError, TimeoutError):
                self._send(encode_genesis(made)).result(GENESIS_SECONDS)
        msg = "The log could not be begun: Kafka took no record"
        raise OperationalError(msg)

    def _first_record(self) -> Any:
        for _ in range(ATTEMPTS):
            found = self._poll(0, REQUEST_MS / 1000)
            if found:
                return found[0][1]
        msg = "The log's first record could not be read"
        raise OperationalError(msg)
