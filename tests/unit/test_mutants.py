"""The mutants fit the code that they change, and the table in the docs."""

import pytest

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
