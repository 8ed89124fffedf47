"""Three brokers, three nodes and everything that may befall them, in short.

`make faults` does the same for as long as wanted.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.faults import keys
from tests.faults.__main__ import run
from tests.faults.cluster import Trial
from tests.faults.handover import run as run_handover
from tests.faults.mutants import MUTANTS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
SECONDS, SEED = 45, 1
LINES = 700
HANDOVERS = 200


def test_whatever_breaks_nothing_acknowledged_is_lost(brokers, tmp_path):
    report = run(brokers, tmp_path, "events", SECONDS, SEED)

    print(report.last_line())
    assert report.violations == []
    assert len(report.evidence.told) > 100


def lines(trial):
    paths = [node.history for node in trial.nodes if node.history.exists()]
    return sum(path.read_bytes().count(b"\n") for path in paths)


def trial_of(brokers, folder, mutant):
    trial = Trial(brokers, folder, mutant.replace(" ", "-"), mutants=[mutant] * 3)
    try:
        trial.start()
        while lines(trial) < LINES and not trial.ended:
            trial.listen(0.1)
        return trial.finish()
    finally:
        trial.end()


@pytest.fixture(scope="module")
def reports(brokers, tmp_path_factory):
    """By mutant; two trials at a time, for one leaves a core idle."""
    folders = [tmp_path_factory.mktemp("mutant") for _ in MUTANTS]
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(partial(trial_of, brokers), folders, MUTANTS)
        return dict(zip(MUTANTS, made, strict=True))


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_store_with_one_mistake_is_caught(reports, mutant):
    assert reports[mutant].kinds & {"lost", "doubled", "reordered", "gap"}


def test_a_node_that_judges_otherwise_is_noticed(brokers, tmp_path):
    """Nobody goes on with two histories: whoever sees the other's frame stops."""
    trial = Trial(brokers, tmp_path, "one-mutant", mutants=["no version check", "", ""])
    try:
        trial.start()
        while not trial.ended:
            trial.listen(0.1)
    finally:
        trial.end()

    assert any("LogDiverged" in what for what in trial.ended)


def test_who_wrote_here_is_never_told_there_that_it_does_not_exist(brokers, tmp_path):
    handover = run_handover(brokers, tmp_path, HANDOVERS, SEED)

    print(dict(handover.counts))
    assert handover.wrong == []
    assert handover.counts["read 200"] == HANDOVERS


def test_no_acknowledged_key_is_lost_and_no_erased_one_comes_back(brokers, tmp_path):
    wrong, clerks = keys.run(brokers, tmp_path, "faults.keys", SEED)

    fates = Counter(p.fate for clerk in clerks for p in clerk.persons)
    refused = sum(clerk.refused for clerk in clerks)
    print(dict(fates), f"refused {refused}")
    assert wrong == []
    assert min(fates["sealed"], fates["erased"], refused) > 0
