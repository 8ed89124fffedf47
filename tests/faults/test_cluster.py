"""Three brokers, three nodes and everything that may befall them, in short.

`make faults` does the same for as long as wanted.
"""

import time

import pytest

from infra.kafka_broker import BrokerMissingError
from tests.faults.__main__ import run
from tests.faults.cluster import Trial, brokers_in
from tests.faults.mutants import MUTANTS

pytestmark = pytest.mark.faults
SECONDS, SEED = 45, 1
LINES = 700


@pytest.fixture(scope="module")
def brokers(tmp_path_factory):
    try:
        with brokers_in(tmp_path_factory.mktemp("brokers")) as made:
            yield made
    except BrokerMissingError as missing:
        pytest.skip(str(missing))


def test_whatever_breaks_nothing_acknowledged_is_lost(brokers, tmp_path):
    report = run(brokers, tmp_path, "events", SECONDS, SEED)

    print(report.last_line())
    assert report.violations == []
    assert len(report.evidence.told) > 100


def lines(trial):
    paths = [node.history for node in trial.nodes if node.history.exists()]
    return sum(path.read_bytes().count(b"\n") for path in paths)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_store_with_one_mistake_is_caught(brokers, tmp_path, mutant):
    trial = Trial(brokers, tmp_path, mutant.replace(" ", "-"), mutant=mutant)
    try:
        trial.start()
        while lines(trial) < LINES and not trial.ended:
            time.sleep(0.1)
        report = trial.finish()
    finally:
        trial.end()

    assert report.kinds & {"lost", "doubled", "reordered", "gap"}
