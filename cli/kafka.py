"""A broker, or three, on this machine: Apache Kafka without Docker."""

from pathlib import Path
from typing import Annotated

import typer
from eventsourcing.persistence import PersistenceError

from cli.console import DEFAULT_DATA, Data, fail, progress, say
from cli.node import events_db, running_on
from infra.bootstrap import environment
from infra.kafka_broker import BrokerMissingError, Cluster, find_classpath
from infra.kafka_broker.broker import BrokerFailedError
from infra.kafka_broker.cluster import find_cluster
from infra.settings import KAFKA, Settings, kafka_from_environment

kafka = typer.Typer(help=__doc__, no_args_is_help=True)
Folder = Annotated[Path, typer.Option(help="Where the brokers keep their data")]
DEFAULT_FOLDER = Path("kafka-data")


@kafka.command()
def up(
    data: Folder = DEFAULT_FOLDER,
    brokers: Annotated[int, typer.Option(min=1, max=9, help="How many")] = 1,
    port: Annotated[int, typer.Option(help="The first; 0 takes free ones")] = 9092,
) -> None:
    """Start what the folder holds, else a new cluster; it runs until `kafka down`."""
    try:
        cluster = Cluster(find_classpath(), data, brokers, first_port=port)
        if len(cluster.brokers) != brokers:
            fail(f"{data} is a cluster of {len(cluster.brokers)}; give it --brokers")
        cluster.start()
    except (BrokerMissingError, BrokerFailedError) as error:
        fail(str(error))
    say(f"KAFKA_BOOTSTRAP_SERVERS={cluster.bootstrap}")


@kafka.command()
def down(data: Folder = DEFAULT_FOLDER) -> None:
    """Stop the brokers; their data stays."""
    if not find_cluster(data):
        fail(f"There is no cluster in {data}")
    cluster = Cluster("", data)
    cluster.stop()
    say(f"{len(cluster.brokers)} stopped")


@kafka.command()
def republish(data: Data = DEFAULT_DATA) -> None:
    """Write events.db into a new topic, after the old one was lost; no node may run."""
    # Kafka's client takes 0.3 s to import: other commands go without.
    from infra.event_store import republish as again  # noqa: PLC0415 -- as said

    path = events_db(data)
    if running_on(data):
        fail("The node runs; stop it and all others first")
    env = environment(Settings(data=data, kafka=kafka_from_environment()))
    if not env[KAFKA]:
        fail("KAFKA_BOOTSTRAP_SERVERS is not set: where is Kafka?")
    with progress() as bar:
        task = bar.add_task("verify", total=None)

        def show(what: str, done: int, end: int) -> None:
            bar.update(task, description=what, completed=done, total=end or None)

        try:
            done = again.republish(path, env.get, env["KAFKA_TOPIC"], show)
        except PersistenceError as error:
            fail(str(error))
    say(f"{env['KAFKA_TOPIC']} · position {done.position} · digest {done.digest}")
    say(f"{path} goes on with it; the earlier file is kept as {done.kept.name}")
