"""Positions that reach one node reach all: a topic keyed by device, seven days long.

A node shares what it took in; another takes it in when it has come as far in the log,
so that both know the same devices and trips. What a node heard is kept in its ring.
"""

import logging
import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from threading import Event, Thread
from typing import Any

import msgspec
from eventsourcing.persistence import OperationalError
from kafka import TopicPartition
from kafka.errors import KafkaError, TopicAlreadyExistsError

from infra.event_store.kafka_clients import Clients
from projections.tracking.fix import KEPT, Fix

MAGIC = b"GCP1"
PARTITIONS = 6
REPLICATION = 3
LINGER_MS = 5
ANSWER_SECONDS = 5.0
POLL_MS = 500
RETRY_SECONDS = 1.0
SETTINGS = {
    "cleanup.policy": "delete",
    "retention.ms": str(int(KEPT.total_seconds() * 1000)),
    "message.timestamp.type": "CreateTime",
    "compression.type": "producer",
}
_log = logging.getLogger(__name__)


class Shared(msgspec.Struct, frozen=True, array_like=True):
    """Fixes of one device; `position` is how far the sharing node had read the log."""

    node: bytes
    received_time: datetime
    position: int
    fixes: list[Fix]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Shared)
Take = Callable[[Sequence[Fix], datetime], object]


class Exchange:
    def __init__(self, clients: Clients, topic: str) -> None:
        """Raises OperationalError where Kafka does not answer."""
        self._clients, self._topic = clients, topic
        self._id = secrets.token_bytes(8)
        self._ensure_topic()
        self._producer = clients.producer(
            topic, compression_type="gzip", linger_ms=LINGER_MS, batch_size=1 << 17
        )
        self._closing = Event()
        self._thread: Thread | None = None

    def start(
        self,
        take: Take,
        reach: Callable[[int], object],
        heard: Callable[[], dict[int, int]],
        note: Callable[[dict[int, int]], None],
    ) -> None:
        """Follow the topic; `heard` and `note` keep the next offset per partition."""
        arguments = (take, reach, heard, note)
        self._thread = Thread(
            target=self._follow, args=arguments, name="positions", daemon=True
        )
        self._thread.start()

    def share(self, fixes: Sequence[Fix], now: datetime, position: int) -> None:
        """Raises OperationalError: then the sender is to send them again."""
        by_device = defaultdict(list)
        for fix in fixes:
            by_device[fix.device].append(fix)
        try:
            sent = [
                self._producer.send(
                    self._topic,
                    key=device.encode(),
                    value=self._encode(found, now, position),
                )
                for device, found in by_device.items()
            ]
            for each in sent:
                each.get(ANSWER_SECONDS)
        except (KafkaError, TimeoutError) as error:
            msg = f"The positions could not be shared: {error}"
            raise OperationalError(msg) from error

    def close(self) -> None:
        self._closing.set()
        if self._thread:
            self._thread.join()
        with suppress(KafkaError):
            self._producer.close(timeout=1)

    def _encode(self, fixes: list[Fix], now: datetime, position: int) -> bytes:
        return MAGIC + _encoder.encode(Shared(self._id, now, position, fixes))

    def _ensure_topic(self) -> None:
        with self._clients.admin() as admin:
            if self._topic in admin.list_topics():
                return
            brokers = len(admin.describe_cluster()["brokers"])
            wanted = {
                "num_partitions": PARTITIONS,
                "replication_factor": min(REPLICATION, brokers),
                "configs": SETTINGS,
            }
            with suppress(TopicAlreadyExistsError):
                admin.create_topics({self._topic: wanted})
            admin.wait_for_topics([self._topic])

    def _follow(
        self,
        take: Take,
        reach: Callable[[int], object],
        heard: Callable[[], dict[int, int]],
        note: Callable[[dict[int, int]], None],
    ) -> None:
        while not self._closing.is_set():
            try:
                consumer = self._consumer(heard())
            except OperationalError as error:
                _log.warning("positions of other nodes are late: %s", error)
                self._closing.wait(RETRY_SECONDS)
                continue
            try:
                while not self._closing.is_set():
                    self._take_in(consumer.poll(POLL_MS), take, reach, note)
            except Exception:  # noqa: BLE001 -- shown, and tried again
                _log.exception("positions of other nodes are tried again")
                self._closing.wait(RETRY_SECONDS)
            finally:
                consumer.close()

    def _consumer(self, heard: dict[int, int]) -> Any:
        consumer = self._clients.consumer(reset="earliest", max_poll_records=2000)
        with self._clients.answering():
            numbers = consumer.partitions_for_topic(self._topic) or range(PARTITIONS)
            consumer.assign([TopicPartition(self._topic, n) for n in numbers])
            for number in numbers:
                place = TopicPartition(self._topic, number)
                if number in heard:
                    consumer.seek(place, heard[number])
                else:
                    consumer.seek_to_beginning(place)
        return consumer

    def _take_in(
        self,
        polled: dict[Any, Any],
        take: Take,
        reach: Callable[[int], object],
        note: Callable[[dict[int, int]], None],
    ) -> None:
        """What came together in one request goes in together."""
        together: dict[datetime, list[Fix]] = defaultdict(list)
        position = 0
        for record in (record for some in polled.values() for record in some):
            shared = _decode(record.value)
            if shared and shared.node != self._id:
                together[shared.received_time] += shared.fixes
                position = max(position, shared.position)
        if together:
            reach(position)
        for received, fixes in sorted(together.items()):
            take(fixes, received)
        if polled:
            note(
                {place.partition: some[-1].offset + 1 for place, some in polled.items()}
            )


def _decode(record: bytes | None) -> Shared | None:
    """None for what is not ours, or of a version to come: positions may be missed."""
    if record is None or record[: len(MAGIC)] != MAGIC:
        return None
    try:
        return _decoder.decode(record[len(MAGIC) :])
    except msgspec.MsgspecError as error:
        _log.warning("a shared position cannot be read: %s", error)
        return None
