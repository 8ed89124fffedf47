"""Where neither Java nor Docker runs: tests use a mock cluster, and say so."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.integration
SUITE = "tests/conformance/test_recorders_on_kafka.py::TestGaplessOnKafkaAndMemory"
NEEDS_A_BROKER = "tests/integration/test_store_on_kafka.py"


def test_without_java_and_docker_a_mock_serves_whom_it_can(tmp_path):
    kept = {"PATH": str(tmp_path), "HOME": os.environ["HOME"]}

    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "-q"]
    done = subprocess.run(
        [*command, "-k", "Gapless or foreign", SUITE, NEEDS_A_BROKER],
        env=kept | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )

    assert "1 passed, 1 skipped" in done.stdout, done.stdout
    assert "1 tests ran on a mock: no real broker, librdkafka's mock" in done.stdout
    assert "Java 17 or newer is needed" in done.stdout
