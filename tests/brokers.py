"""The Kafka that tests use: the one they are given, else one that they start.

On Java, else in Docker; where there is neither, librdkafka's mock cluster, on which
only the tests marked `mock_suffices` can run.
"""

import fcntl
import functools
import json
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from infra.kafka_broker import BrokerMissingError, Cluster, find_classpath
from infra.kafka_broker.cluster import find_cluster, free_ports
from tests import mock_kafka

IMAGE = "apache/kafka:4.1.0"
DOCKER_SECONDS = 120


@contextmanager
def shared_kafka(folder: Path):
    """One for all workers of a run: the first starts it, the last stops it."""
    users = folder / "users.json"
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        used = json.loads(users.read_text()) if users.exists() else None
        bootstrap = used["bootstrap"] if used else start(folder)
        count = used["count"] + 1 if used else 1
        users.write_text(json.dumps({"bootstrap": bootstrap, "count": count}))
    try:
        yield bootstrap
    finally:
        with locked(folder):
            left = json.loads(users.read_text())["count"] - 1
            users.write_text(json.dumps({"bootstrap": bootstrap, "count": left}))
            if not left:
                users.unlink()
                stop(folder)


@contextmanager
def locked(folder):
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def why_only_a_mock():
    """Why no broker can be had here, or None."""
    try:
        find_classpath()
    except BrokerMissingError as missing:
        found = shutil.which("docker")
        runs = (
            found
            and not subprocess.run([found, "info"], capture_output=True).returncode
        )
        return None if runs else f"no real broker, librdkafka's mock cluster: {missing}"
    return None


def start(folder):
    if why_only_a_mock():
        return mock_kafka.start(folder)
    try:
        cluster = Cluster(find_classpath(), folder / "brokers")
    except BrokerMissingError:
        return start_in_docker(folder)
    cluster.start()
    return cluster.bootstrap


def stop(folder):
    mock_kafka.stop(folder)
    if find_cluster(folder / "brokers"):
        Cluster("", folder / "brokers").stop()
    container = folder / "container"
    if container.exists():
        subprocess.run(["docker", "rm", "-f", container.read_text()], check=True)
        container.unlink()


def start_in_docker(folder):
    """The image that docker-compose.yml names, on a free port of loopback."""
    (port,) = free_ports(1)
    settings = {
        "KAFKA_NODE_ID": 1,
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": "CLIENT://:9092,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"CLIENT://127.0.0.1:{port}",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "CLIENT",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    }
    command = ["docker", "run", "-d", "-p", f"127.0.0.1:{port}:9092"]
    for name, value in settings.items():
        command += ["-e", f"{name}={value}"]
    done = subprocess.run([*command, IMAGE], capture_output=True, text=True)
    if done.returncode:
        msg = f"Docker: {done.stderr.strip()[-500:]}"
        raise BrokerMissingError(msg)
    (folder / "container").write_text(done.stdout.strip())
    wait_for_port(port)
    return f"127.0.0.1:{port}"


def wait_for_port(port):
    end = time.monotonic() + DOCKER_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(port)
