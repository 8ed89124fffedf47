"""What tests of every kind share: a real Kafka, and no deadline on a busy machine.

KAFKA_BOOTSTRAP_SERVERS says which Kafka the tests use; the nodes that they start see it
only where a test hands it on.
"""

import os

import hypothesis
import pytest

from tests.brokers import shared_kafka

GIVEN = "TESTS_KAFKA"
os.environ.setdefault(GIVEN, os.environ.pop("KAFKA_BOOTSTRAP_SERVERS", ""))
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory):
    """Where it answers; one broker for all workers."""
    given = os.environ[GIVEN]
    if given:
        yield given
        return
    base = tmp_path_factory.getbasetemp()
    is_worker = base.name.startswith("popen-")
    with shared_kafka((base.parent if is_worker else base) / "kafka") as bootstrap:
        yield bootstrap
