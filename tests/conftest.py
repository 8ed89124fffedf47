"""What tests of every kind share: a real Kafka, and no deadline on a busy machine.

KAFKA_BOOTSTRAP_SERVERS says which Kafka the tests use; the nodes that they start see it
only where a test hands it on.
"""

import os

import hypothesis
import pytest

from tests import mock_kafka
from tests.brokers import shared_kafka, why_only_a_mock

GIVEN = "TESTS_KAFKA"
os.environ.setdefault(GIVEN, os.environ.pop("KAFKA_BOOTSTRAP_SERVERS", ""))
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
"""Brokers of tests end before what the second compiler does for them pays."""
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


def only_a_mock():
    return None if os.environ[GIVEN] else why_only_a_mock()


def pytest_runtest_setup(item):
    is_content = item.get_closest_marker("mock_suffices")
    if "kafka" in item.fixturenames and not is_content and (why := only_a_mock()):
        pytest.skip(why)


def pytest_terminal_summary(terminalreporter):
    if (reports := terminalreporter.stats.get("passed")) and (why := only_a_mock()):
        ran = sum("mock_suffices" in report.keywords for report in reports)
        terminalreporter.write_line(f"{ran} tests ran on a mock: {why}", yellow=True)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory):
    """Where it answers; one broker for all workers."""
    given = os.environ[GIVEN]
    if given:
        yield given
        return
    base = tmp_path_factory.getbasetemp()
    is_worker = base.name.startswith("popen-")
    folder = (base.parent if is_worker else base) / "kafka"
    with shared_kafka(folder) as bootstrap, pytest.MonkeyPatch.context() as patched:
        if only_a_mock():
            mock_kafka.adopt(patched)
        yield bootstrap
