"""Brokers on loopback: one folder holds their settings, their data and who they are."""

import base64
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path

import msgspec

from infra import whole_file
from infra.kafka_broker.broker import Broker, Ports

LARGEST_REPLICATION = 3
LOG4J = """status=warn
rootLogger.level=warn
rootLogger.appenderRefs=console
rootLogger.appenderRef.console.ref=console
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d %p %c{1}: %m%n
"""
QUICK = {
    "broker.session.timeout.ms": "4000",
    "broker.heartbeat.interval.ms": "500",
    "replica.lag.time.max.ms": "4000",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
}


class Layout(msgspec.Struct, frozen=True):
    """FOLDER/cluster.json."""

    cluster_id: str
    ports: tuple[Ports, ...]


class Cluster:
    """A folder that was used before goes on with its ports, brokers and data.

    `advertised` are the ports that clients and brokers are told to use, where something
    stands between them and a broker; `settings` are added to each broker's own.
    """

    def __init__(
        self,
        classpath: str,
        folder: Path,
        brokers: int = 1,
        *,
        first_port: int = 0,
        advertised: tuple[Ports, ...] = (),
        settings: Mapping[str, str] = QUICK,
    ) -> None:
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "log4j2.properties").write_text(LOG4J)
        self._layout = _layout(folder, brokers, first_port)
        told = advertised or self._layout.ports
        common = self._common() | dict(settings)
        self.brokers = [
            Broker(classpath, folder, number, ports, common | _listeners(ports, public))
            for number, (ports, public) in enumerate(
                zip(self._layout.ports, told, strict=True), 1
            )
        ]
        self.bootstrap = ",".join(f"127.0.0.1:{ports.client}" for ports in told)

    def start(self) -> None:
        """Raises BrokerFailedError where a broker does not come up."""
        formatting = [b.format(self._layout.cluster_id) for b in self.brokers]
        for done in formatting:
            done()
        for broker in self.brokers:
            broker.start()
        for broker in self.brokers:
            broker.wait()

    def stop(self) -> None:
        for broker in self.brokers:
            broker.ask_to_stop()
        for broker in self.brokers:
            broker.wait_for_end()

    def _common(self) -> dict[str, str]:
        count = len(self._layout.ports)
        replication = str(min(LARGEST_REPLICATION, count))
        in_sync = "2" if count >= LARGEST_REPLICATION else "1"
        voters = [
            f"{number}@127.0.0.1:{ports.controller}"
            for number, ports in enumerate(self._layout.ports, 1)
        ]
        return {
            "process.roles": "broker,controller",
            "controller.quorum.voters": ",".join(voters),
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "INNER",
            "listener.security.protocol.map": (
                "CONTROLLER:PLAINTEXT,CLIENT:PLAINTEXT,INNER:PLAINTEXT"
            ),
            "default.replication.factor": replication,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": replication,
            "transaction.state.log.replication.factor": replication,
            "transaction.state.log.min.isr": in_sync,
        }


def find_cluster(folder: Path) -> Layout | None:
    """What was started on this folder."""
    try:
        text = (folder / "cluster.json").read_bytes()
    except FileNotFoundError:
        return None
    return msgspec.json.decode(text, type=Layout)


def free_ports(count: int) -> list[int]:
    """Held together while they are chosen, so that none is chosen twice."""
    held = [socket.socket() for _ in range(count)]
    for each in held:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def _layout(folder: Path, brokers: int, first_port: int) -> Layout:
    found = find_cluster(folder)
    if found:
        return found
    if first_port:
        numbers = list(range(first_port, first_port + 3 * brokers))
    else:
        numbers = free_ports(3 * brokers)
    ports = (Ports(*numbers[i::brokers]) for i in range(brokers))
    made = Layout(_cluster_id(), tuple(ports))
    whole_file.write(folder / "cluster.json", msgspec.json.encode(made))
    return made


def _cluster_id() -> str:
    """As Kafka writes a random UUID: 22 characters, none a leading dash."""
    return base64.urlsafe_b64encode(b"G" + secrets.token_bytes(15)).decode()[:22]


def _listeners(own: Ports, public: Ports) -> dict[str, str]:
    return {
        "listeners": f"{_clients_and_brokers(own)},CONTROLLER://127.0.0.1:{own.controller}",
        "advertised.listeners": _clients_and_brokers(public),
    }


def _clients_and_brokers(ports: Ports) -> str:
    return f"CLIENT://127.0.0.1:{ports.client},INNER://127.0.0.1:{ports.inner}"
