"""The topic that holds the log: made once, and looked at for as long as it is used."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from eventsourcing.persistence import OperationalError
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError
from kafka.protocol.consumer import OffsetSpec

from infra.event_store.errors import LogDiverged, LogUnsafe
from infra.event_store.kafka_clients import Clients
from infra.event_store.patience import bounded, patiently
from infra.event_store.wire import Genesis, decode_genesis

REPLICATION = 3
RECORD_BYTES = 2 << 20
READ_MS = 5000
READY_SECONDS = 4.0
"""A broker may not know a topic yet that another one has just made."""
FOR_EVER = "-1"
SETTINGS = {
    "cleanup.policy": "delete",
    "retention.ms": FOR_EVER,
    "retention.bytes": FOR_EVER,
    "max.message.bytes": str(RECORD_BYTES),
    "message.timestamp.type": "LogAppendTime",
    "unclean.leader.election.enable": "false",
    "compression.type": "producer",
}
IN_SYNC = "min.insync.replicas"
Required = Mapping[str, Callable[[str], bool]]
"""What a setting of a topic must be, else the topic is not safe."""
REQUIRED: Required = {
    "cleanup.policy": lambda found: found == "delete",
    "retention.ms": lambda found: found == FOR_EVER,
    "retention.bytes": lambda found: found == FOR_EVER,
    "max.message.bytes": lambda found: int(found) >= RECORD_BYTES,
    "unclean.leader.election.enable": lambda found: found == "false",
}


class Look(NamedTuple):
    """What the cluster says of the topic at one moment."""

    topic_id: str
    partitions: int
    replication: int
    brokers: int
    settings: Mapping[str, str]


class KafkaTopic:
    """One partition. It is made with `settings`, and must always be as `required`."""

    def __init__(
        self,
        clients: Clients,
        name: str,
        settings: Mapping[str, str] = SETTINGS,
        required: Required = REQUIRED,
    ) -> None:
        self.clients = clients
        self._settings, self._required = settings, required
        self.partition = TopicPartition(name, 0)
        self._topic_id = ""

    @property
    def name(self) -> str:
        return str(self.partition.topic)

    @property
    def id(self) -> str:
        """Kafka's own; another one where the topic was made again."""
        return self._topic_id

    @bounded
    def ensure(self, *, may_create: bool) -> None:
        """Make the topic if it is not there; remember which one it is.

        Raises LogUnsafe where it is not as it must be, or is gone.
        """
        with self.clients.admin() as admin:
            if not self._exists(admin):
                if not may_create:
                    msg = f"The topic {self.name} is gone; this node has a copy of it"
                    raise LogUnsafe(msg)
                self._create(admin)
            admin.wait_for_topics([self.name])
            look = patiently(lambda: self._look(admin), READY_SECONDS)
            self._topic_id = look.topic_id

    @bounded
    def check(self, genesis: Genesis | None = None) -> None:
        """Raises LogUnsafe where the topic is not what it was, or no longer safe."""
        with self.clients.admin() as admin:
            if not self._exists(admin):
                msg = f"The topic {self.name} is gone"
                raise LogUnsafe(msg)
            found = self._look(admin)
        is_same = found.topic_id == self._topic_id
        if not is_same or (genesis and self.genesis() != genesis):
            msg = f"The topic {self.name} was deleted and made again"
            raise LogUnsafe(msg)

    @bounded
    def bounds(self) -> tuple[int, int]:
        """The first offset that can be read, and the next one to be written."""
        with self.clients.admin() as admin:
            asked = (OffsetSpec.EARLIEST, OffsetSpec.LATEST)
            first, end = (
                admin.list_partition_offsets({self.partition: spec})[self.partition]
                for spec in asked
            )
        return first.offset, end.offset

    @bounded
    def genesis(self) -> Genesis | None:
        """The first record; None in an empty log.

        Raises LogDiverged where the log begins later, or with something else.
        """
        first, end = self.bounds()
        if first:
            msg = f"The log begins at {first}: its history was deleted"
            raise LogDiverged(msg)
        return decode_genesis(self._first_record()) if end else None

    def _first_record(self) -> bytes | None:
        consumer = self.clients.consumer(fetch_bytes=1, max_poll_records=1)
        try:
            consumer.assign([self.partition])
            consumer.seek(self.partition, 0)
            with self.clients.answering():
                polled = consumer.poll(READ_MS)
        finally:
            consumer.close()
        for (record,) in polled.values():
            value: bytes | None = record.value
            return value
        msg = f"The first record of {self.name} could not be read"
        raise OperationalError(msg)

    def _exists(self, admin: Any) -> bool:
        (found,) = admin.describe_topics([self.name])
        return bool(found["error_code"] != UnknownTopicOrPartitionError.errno)

    def _create(self, admin: Any) -> None:
        brokers = len(admin.describe_cluster()["brokers"])
        replication = min(REPLICATION, brokers)
        settings = {**self._settings, IN_SYNC: str(_in_sync(replication))}
        wanted = {
            "num_partitions": 1,
            "replication_factor": replication,
            "configs": settings,
        }
        try:
            admin.create_topics({self.name: wanted})
        except TopicAlreadyExistsError:
            return

    def _look(self, admin: Any) -> Look:
        """Raises LogUnsafe, or OperationalError while the topic is changing."""
        (topic,) = admin.describe_topics([self.name])
        if topic["error_code"]:
            msg = f"The topic {self.name} is not ready: error {topic['error_code']}"
            raise OperationalError(msg)
        resource = ConfigResource(ConfigResourceType.TOPIC, self.name)
        described = admin.describe_configs([resource], config_filter="all")
        settings = described["topic"][self.name]
        look = Look(
            topic_id=str(topic["topic_id"]),
            partitions=len(topic["partitions"]),
            replication=min(len(p["replica_nodes"]) for p in topic["partitions"]),
            brokers=len(admin.describe_cluster()["brokers"]),
            settings={name: each["value"] for name, each in settings.items()},
        )
        wrong = faults(look, self._required)
        if wrong:
            msg = f"The topic {self.name} is not safe: {'; '.join(wrong)}"
            raise LogUnsafe(msg)
        return look


def faults(look: Look, required: Required = REQUIRED) -> list[str]:
    """Why this topic must not hold the log; a lone broker may hold one replica."""
    wrong = [
        f"{name} is {look.settings.get(name)}"
        for name, is_right in required.items()
        if not is_right(look.settings.get(name, FOR_EVER * 2))
    ]
    if look.partitions != 1:
        wrong.append(f"it has {look.partitions} partitions, not 1")
    wanted = min(REPLICATION, look.brokers)
    if look.replication < wanted:
        wrong.append(f"{look.replication} replicas on {look.brokers} brokers")
    in_sync = int(look.settings.get(IN_SYNC, 0))
    if in_sync < _in_sync(wanted):
        wrong.append(f"{IN_SYNC} is {in_sync}")
    return wrong


def _in_sync(replication: int) -> int:
    return max(1, replication - 1)
