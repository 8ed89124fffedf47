"""`greenchannel kafka`: brokers on this machine, or a sentence that says what lacks."""

import socket

import pytest
from typer.testing import CliRunner

from cli.main import app
from infra.kafka_broker import BrokerMissingError, broker, find_classpath, jars
from infra.kafka_broker.cluster import find_cluster

pytestmark = pytest.mark.integration


def run(*arguments):
    return CliRunner().invoke(app, ["kafka", *map(str, arguments)])


def test_a_broker_goes_up_stays_up_and_goes_down(tmp_path):
    try:
        find_classpath()
    except BrokerMissingError as missing:
        pytest.skip(str(missing))

    first = run("up", "--data", tmp_path, "--port", 0)
    again = run("up", "--data", tmp_path)
    (ports,) = find_cluster(tmp_path).ports
    with socket.create_connection(("127.0.0.1", ports.client), 1):
        down = run("down", "--data", tmp_path)

    assert first.output == f"KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:{ports.client}\n"
    assert again.output == first.output
    assert down.output == "1 stopped\n"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", ports.client), 1)


def test_a_broker_that_shows_no_command_line_yet_is_not_taken_for_gone(
    tmp_path, monkeypatch
):
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nwhile sleep 0.1; do :; done\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    shown = iter(["", "Ss   [python]", "Ss   [sh]"])
    look = broker._look_at
    monkeypatch.setattr(broker, "_look_at", lambda pid: next(shown, look(pid)))
    made = broker.Broker("", tmp_path, 1, broker.Ports(1, 2, 3), {})

    made.start()

    assert made.pid()
    made.kill()
    assert not made.pid()


def test_down_without_a_cluster_says_so(tmp_path):
    down = run("down", "--data", tmp_path)

    assert down.exit_code == 2
    assert "There is no cluster" in down.output


@pytest.mark.parametrize(("lacks", "says"), [("java", "Java 17"), ("mvn", "maven")])
def test_without_java_or_maven_it_says_what_to_install(
    lacks, says, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(jars.shutil, "which", lambda name: name != lacks)

    up = run("up", "--data", tmp_path / "brokers")

    assert up.exit_code == 2
    assert says in up.output


def test_a_release_without_kafka_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("KAFKA_HOME", str(tmp_path))

    with pytest.raises(BrokerMissingError, match="holds no Kafka"):
        find_classpath()


def test_jars_that_are_not_pinned_are_not_used(tmp_path, monkeypatch):
    maven = tmp_path / "mvn"
    maven.write_text(
        '#!/bin/sh\nfor each; do case "$each" in\n'
        '-DoutputDirectory=*) mkdir -p "${each#*=}"; echo x > "${each#*=}/scala.jar"\n'
        "esac; done\n"
    )
    maven.chmod(0o755)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with pytest.raises(BrokerMissingError, match=r"jars\.sha256 pins"):
        find_classpath()
    assert not jars._cache().exists()
