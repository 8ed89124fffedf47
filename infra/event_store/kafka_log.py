"""The log of a cluster: one partition of one topic."""

import logging
import secrets
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from threading import Event, Thread
from time import monotonic

from eventsourcing.persistence import OperationalError
from kafka.errors import KafkaError

from infra.event_store.errors import LogDiverged
from infra.event_store.frame import Frame
from infra.event_store.kafka_clients import Clients, Setting
from infra.event_store.kafka_fetcher import Fetcher
from infra.event_store.kafka_sender import Sender
from infra.event_store.kafka_topic import KafkaTopic
from infra.event_store.wire import Genesis, decode, encode, encode_genesis

WATCH_SECONDS = 1.0
LOOK_SECONDS = 60.0
GENESIS_SECONDS = 10.0
ATTEMPTS = 5
_log = logging.getLogger(__name__)


def open_log(setting: Setting, topic: str, *, may_create: bool) -> "KafkaLog":
    """KAFKA_LOOK_SECONDS is how often the topic's settings are looked at."""
    every = float(setting("KAFKA_LOOK_SECONDS") or LOOK_SECONDS)
    found = KafkaTopic(Clients(setting), topic)
    return KafkaLog(found, may_create=may_create, look_seconds=every)


class KafkaLog:
    """`append` by any thread, `read` by one; a third looks after topic and producer.

    What that finds wrong, the next `read` raises.
    """

    keeps = True
    largest_bytes = 900_000

    def __init__(
        self,
        topic: KafkaTopic,
        *,
        may_create: bool,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """Raises LogDiverged, LogUnsafe, or OperationalError: Kafka does not answer."""
        self._topic, self._look_seconds = topic, look_seconds
        topic.ensure(may_create=may_create)
        self._sender = Sender(topic.clients, topic.partition)
        self._closing = Event()
        try:
            self._genesis = self._find_genesis(may_create=may_create)
            self._fetcher = Fetcher(topic.clients, topic.partition)
        except BaseException:
            self._sender.close()
            raise
        self._wrong: LogDiverged | None = None
        self._watcher = Thread(target=self._watch, name="log-watch", daemon=True)
        self._watcher.start()

    def append(self, frame: Frame) -> "Future[int]":
        sent = self._sender.send(encode(frame))
        sent.add_done_callback(self._expect)
        return sent

    def read(self, offset: int, timeout: float) -> Sequence[tuple[int, Frame]]:
        """Raises LogDiverged where what was asked for is not in the log."""
        if self._wrong:
            raise self._wrong
        found = self._fetcher.read(offset, timeout)
        return [(at, decode(at, record)) for at, record in found]

    def nudge(self) -> None:
        """A read ends when something arrives; nothing else ends it."""

    def bounds(self) -> tuple[int, int]:
        first, end = self._topic.bounds()
        self._fetcher.expect(end)
        return first, end

    def identity(self) -> str:
        """Random, written once: another one where the topic was made again."""
        return self._genesis.log_id

    def close(self) -> None:
        if self._closing.is_set():
            return
        self._closing.set()
        self._sender.close()
        self._fetcher.close()
        self._watcher.join()

    def _expect(self, sent: "Future[int]") -> None:
        if not sent.exception():
            self._fetcher.expect(sent.result() + 1)

    def _find_genesis(self, *, may_create: bool) -> Genesis:
        """The first record; whoever comes first writes it, the others read it."""
        for _ in range(ATTEMPTS):
            found = self._topic.genesis()
            if found:
                return found
            if not may_create:
                msg = "The log is empty; this node has a copy of it"
                raise LogDiverged(msg)
            made = Genesis(secrets.token_hex(16))
            with suppress(KafkaError, TimeoutError):
                self._sender.send(encode_genesis(made)).result(GENESIS_SECONDS)
        msg = "The log could not be begun: Kafka took no record"
        raise OperationalError(msg)

    def _watch(self) -> None:
        due = monotonic() + self._look_seconds
        while not self._closing.wait(min(WATCH_SECONDS, self._look_seconds)):
            try:
                self._sender.look()
                self._fetcher.look()
                if monotonic() >= due:
                    due = monotonic() + self._look_seconds
                    self._topic.check(self._genesis)
            except LogDiverged as wrong:
                self._wrong = wrong
                return
            except Exception as error:  # noqa: BLE001 -- looks again; writes tell more
                _log.warning("the topic could not be looked at: %s", error)
