"""What tests of every kind share: a real Kafka, and no deadline on a busy machine."""

import hypothesis
import pytest

from tests.brokers import shared_kafka

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory):
    """Where it answers; one broker for all workers."""
    base = tmp_path_factory.getbasetemp()
    is_worker = base.name.startswith("popen-")
    with shared_kafka((base.parent if is_worker else base) / "kafka") as bootstrap:
        yield bootstrap
