"""Apache Kafka without Docker: brokers from jars, on Java, on this machine."""

from infra.kafka_broker.cluster import Cluster
from infra.kafka_broker.jars import BrokerMissingError, find_classpath

__all__ = ["BrokerMissingError", "Cluster", "find_classpath"]
