"""A broker, or three, on this machine: Apache Kafka without Docker."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import fail, say
from infra.kafka_broker import BrokerMissingError, Cluster, find_classpath
from infra.kafka_broker.broker import BrokerFailedError
from infra.kafka_broker.cluster import find_cluster

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
