"""The compacted topic of wrapped keys: one partition, so that its order decides.

What was erased is gone from the brokers' disks when they have compacted. They do not
touch the segment that is written to, so a record of each node now and then, and a
segment of at most an hour, see to it that every record is soon in an older one.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from threading import Lock
from typing import Any

from eventsourcing.persistence import OperationalError
from kafka.errors import KafkaError, OffsetOutOfRangeError
from kafka.protocol.consumer import OffsetSpec

from infra.event_store.errors import LogUnsafe
from infra.event_store.kafka_clients import Clients, Setting
from infra.event_store.kafka_sender import Sender
from infra.event_store.kafka_topic import KafkaTopic
from infra.vault.errors import VaultError
from infra.vault.key_record import Heard, Told

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
SETTINGS = {
    "cleanup.policy": "compact",
    "min.compaction.lag.ms": str(10 * MINUTE_MS),
    "max.compaction.lag.ms": str(4 * HOUR_MS),
    "segment.ms": str(HOUR_MS),
    "min.cleanable.dirty.ratio": "0.01",
    "message.timestamp.type": "LogAppendTime",
    "unclean.leader.election.enable": "false",
    "compression.type": "producer",
}
REQUIRED: dict[str, Callable[[str], bool]] = {
    "cleanup.policy": lambda found: found == "compact",
    "min.compaction.lag.ms": lambda found: int(found) >= MINUTE_MS,
    "max.compaction.lag.ms": lambda found: 0 < int(found) <= 12 * HOUR_MS,
    "segment.ms": lambda found: 0 < int(found) <= 6 * HOUR_MS,
    "message.timestamp.type": lambda found: found == "LogAppendTime",
    "unclean.leader.election.enable": lambda found: found == "false",
}
AT_ONCE = 5000
FETCH_WAIT_MS = 500
ACK_SECONDS = 10.0


class KeyTopic:
    """One thread polls; any may write and ask for the end."""

    def __init__(self, setting: Setting, name: str) -> None:
        """Raises LogUnsafe, or OperationalError where Kafka does not answer."""
        clients = Clients(setting)
        self._topic = KafkaTopic(clients, name, SETTINGS, REQUIRED)
        self._topic.ensure(may_create=True)
        self._partition = self._topic.partition
        self._asking = Lock()
        self._admin: Any = None
        self._sender = Sender(clients, self._partition)
        try:
            self._consumer = clients.consumer(
                max_poll_records=AT_ONCE, fetch_max_wait_ms=FETCH_WAIT_MS
            )
        except BaseException:
            self._sender.close()
            raise
        self._consumer.assign([self._partition])

    @property
    def id(self) -> str:
        return self._topic.id

    def bounds(self) -> tuple[int, int]:
        return self._topic.bounds()

    def seek(self, offset: int) -> None:
        self._consumer.seek(self._partition, offset)

    def poll(self, seconds: float) -> tuple[list[Heard], int]:
        """What came next, and the offset after it; LogUnsafe where it is gone."""
        try:
            polled = self._consumer.poll(int(seconds * 1000))
            after = self._consumer.position(self._partition)
        except OffsetOutOfRangeError as error:
            msg = f"The topic {self._topic.name} lost what was to be read: {error!r}"
            raise LogUnsafe(msg) from error
        records = [
            Heard(r.offset, r.key or b"", r.value, r.timestamp)
            for some in polled.values()
            for r in some
        ]
        return records, after

    def write(self, records: Sequence[Told]) -> int:
        """The last one's offset, once all are acknowledged; raises VaultError."""
        sent = [self._sender.send(value, key) for key, value in records]
        wait(sent, ACK_SECONDS)
        return max((_offset(each) for each in sent), default=-1)

    def end(self) -> int:
        """The offset after all that was acknowledged before; raises VaultError."""
        with self._asking:
            try:
                if self._admin is None:
                    self._admin = self._topic.clients.lasting_admin()
                asked = {self._partition: OffsetSpec.LATEST}
                found = self._admin.list_partition_offsets(asked)
                return int(found[self._partition].offset)
            except (KafkaError, OperationalError) as error:
                self._forget_admin()
                msg = f"The topic of keys cannot be asked: {error}"
                raise VaultError(msg) from error

    def look(self) -> None:
        """Called now and then: replaces a producer that sits on its records."""
        self._sender.look()

    def check(self) -> None:
        """Raises LogUnsafe where the topic is not what it was, or no longer safe."""
        self._topic.check()

    def close(self) -> None:
        self._sender.close()
        self._consumer.close()
        with self._asking:
            self._forget_admin()

    def _forget_admin(self) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            with suppress(KafkaError):
                admin.close()


def _offset(sent: "Future[int]") -> int:
    if not sent.done():
        msg = "The topic of keys does not acknowledge"
        raise VaultError(msg)
    try:
        return sent.result()
    except (KafkaError, TimeoutError) as error:
        msg = f"The topic of keys did not take a record: {error!r}"
        raise VaultError(msg) from error
