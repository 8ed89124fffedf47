"""The library's own suites for recorders, unchanged, on a real Kafka broker;

where none can be had, on librdkafka's mock cluster.

Each case has a topic of its own; the index is a file, or one that ends with the case.
"""

import secrets

import pytest

from infra.event_store import Factory
from tests.conformance.test_recorders import (
    ApplicationSuite,
    GaplessSuite,
    InMemory,
    OnFile,
    ProcessSuite,
    TrackingSuite,
)

pytestmark = [pytest.mark.integration, pytest.mark.mock_suffices]


class OnKafka:
    @pytest.fixture(autouse=True)
    def _kafka(self, kafka):
        self.kafka = kafka

    def factory(self):
        made = Factory(
            {
                "EVENTS_DB": self.db(),
                "ORIGINATOR_ID_TYPE": self.id_type,
                "KAFKA_BOOTSTRAP_SERVERS": self.kafka,
                "KAFKA_TOPIC": f"case-{secrets.token_hex(8)}",
            }
        )
        self.addCleanup(made.close)
        return made


class TestApplicationOnKafkaAndFile(OnKafka, OnFile, ApplicationSuite):
    __test__ = True


class TestApplicationOnKafkaAndMemory(OnKafka, InMemory, ApplicationSuite):
    __test__ = True


class TestProcessOnKafkaAndFile(OnKafka, OnFile, ProcessSuite):
    __test__ = True


class TestProcessOnKafkaAndMemory(OnKafka, InMemory, ProcessSuite):
    __test__ = True


class TestTrackingOnKafkaAndFile(OnKafka, OnFile, TrackingSuite):
    __test__ = True


class TestTrackingOnKafkaAndMemory(OnKafka, InMemory, TrackingSuite):
    __test__ = True


class TestGaplessOnKafkaAndFile(OnKafka, OnFile, GaplessSuite):
    __test__ = True


class TestGaplessOnKafkaAndMemory(OnKafka, InMemory, GaplessSuite):
    __test__ = True
