"""The Kafka that tests use: the one they are given, else one that they start."""

import fcntl
import json
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from infra.kafka_broker import BrokerMissingError, Cluster, find_classpath
from infra.kafka_broker.cluster import find_cluster, free_ports

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


def start(folder):
    """Raises BrokerMissingError where neither Java nor Docker runs one."""
    try:
        cluster = Cluster(find_classpath(), folder / "brokers")
    except BrokerMissingError as missing:
        return start_in_docker(folder, missing)
    cluster.start()
    return cluster.bootstrap


def stop(folder):
    if find_cluster(folder / "brokers"):
        Cluster("", folder / "brokers").stop()
    container = folder / "container"
    if container.exists():
        subprocess.run(["docker", "rm", "-f", container.read_text()], check=True)
        container.unlink()


def start_in_docker(folder, missing):
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
    if not shutil.which("docker"):
        raise missing
    done = subprocess.run([*command, IMAGE], capture_output=True, text=True)
    if done.returncode:
        msg = f"{missing}. Docker: {done.stderr.strip()[-500:]}"
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
