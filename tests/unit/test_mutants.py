"""The mutants fit the code that they change, and the table in the docs."""

import ast
import re

import pytest

from domain import registry
from domain.commands import COMMANDS
from tests.mutants.cases import DECIDING, cases
from tests.mutants.table import MUTANTS
from tests.unit.test_project import ROOT

DOCUMENT = ROOT / "docs" / "threats.md"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.defence)
def test_what_a_mutant_takes_away_stands_once_in_the_code(mutant):
    text = (ROOT / mutant.file).read_text("utf-8")

    assert text.count(mutant.old) == 1
    assert mutant.old != mutant.new
    assert f"def {mutant.name}(" in (ROOT / mutant.file_of_test).read_text("utf-8")


def test_every_threat_has_a_mutant_and_every_mutant_its_line_in_the_docs():
    told = DOCUMENT.read_text("utf-8")

    assert {mutant.threat for mutant in MUTANTS} == {*range(1, 13), 15}
    lines = [f"| {m.defence} | [{m.name}](../{m.file_of_test}) |" for m in MUTANTS]
    assert [line for line in lines if line not in told] == []


def test_every_case_of_every_decision_is_taken_away_once():
    """Commands that a stream has alone, or that have a function alone, need no case."""
    found = cases()
    named = set(re.findall(r"\bc\.(\w+)", " ".join(case.defence for case in found)))
    alone = {"OpenIssuer", "MarkDocumentErased", "RecordDisinfection"}
    wide = {command.__name__ for command in registry.MANY_STREAMS}

    assert {command.__name__ for command in COMMANDS} - named - wide == alone
    assert len({case.text for case in found}) == len(found)
    for case in found:
        assert ast.parse(case.text)


def test_every_module_that_decides_is_among_them():
    aggregates = [aggregate.decide for aggregate in registry.AGGREGATES.values()]
    deciding = [*aggregates, *registry.MANY_STREAMS.values()]

    assert {decide.__module__ for decide in deciding} <= {
        f"domain.{m}" for m in DECIDING
    }
