"""Three brokers behind proxies, for all tests of one process: Java starts slowly."""

import pytest

from infra.kafka_broker import BrokerMissingError
from tests.faults.cluster import brokers_in


@pytest.fixture(scope="session")
def brokers(tmp_path_factory):
    try:
        with brokers_in(tmp_path_factory.mktemp("brokers")) as made:
            yield made
    except BrokerMissingError as missing:
        pytest.skip(str(missing))
