"""Every problem, and every kind of thing, that a page can show has its words."""

import json
import re
from itertools import chain

import pytest

from domain.findings.finding import Kind
from domain.papers import Lost
from domain.passes import Status
from tests.unit.test_project import ROOT

WORDS = {
    language: json.loads((ROOT / f"web/texts/{language}.json").read_text("utf-8"))
    for language in ("zh", "en")
}
CODES = re.compile(
    r"""\b(?:code|CODE)(?:: ClassVar\[str\])? = (f?)"([^"]+)\""""
    r"""|(?:Problem\(\s*\d+|getattr\(error, "code"),\s*(f?)"([^"]+)\""""
)
OF_PROGRAMS = {
    "authority-not-found",
    "invalid-idempotency-key",
    "invalid-path",
    "invalid-position",
    "malformed-json",
    "not-json",
    "too-many-items",
    "topic-not-empty",
    "unknown-parameter",
    "zone-unknown",
}
"""What no page of ours sends; programs read the code and the English detail."""
FAMILIES = {
    "{kind}-not-found": ["any-not-found"],
    "{kind}-exists": ["any-exists"],
    "document-{opened}": [f"document-{lost}" for lost in Lost],
}
OF_PAGES = re.compile(
    r"""fault\("(\w+)"\)|\{ code: "([\w-]+)"|code \?\? "(\w+)\""""
    r"""|\? "([a-z]+-[a-z]+)" : "";"""
)
"""What a page finds wrong by itself, and so says in the same words."""
HOLDS = re.compile(r"\{(\w+)\}")


def codes():
    sources = (
        path
        for top in ("domain", "api", "infra")
        for path in ROOT.glob(f"{top}/**/*.py")
    )
    for source in sources:
        for found in CODES.finditer(source.read_text("utf-8")):
            yield bool(found[1] or found[3]), found[2] or found[4]


def codes_of_pages():
    for source in ROOT.glob("web/modules/**/*.js"):
        for found in OF_PAGES.finditer(source.read_text("utf-8")):
            yield next(filter(None, found.groups()))


def alerts():
    yield from Kind
    policies = (path.read_text("utf-8") for path in ROOT.glob("domain/*_alerts.py"))
    for kind in re.findall(r'(?i:kind) = f?"([^"]+)"', "".join(policies)):
        if "{" not in kind:
            yield kind
            continue
        assert kind == "{what}-deadline-{state}"
        for what in ("pass", "swap"):
            yield from (f"{what}-deadline-{state}" for state in ("near", "missed"))


@pytest.mark.parametrize("language", WORDS)
def test_every_problem_of_the_node_has_its_words(language):
    found = set(codes())
    plain = {code for is_family, code in found if not is_family}
    families = {code for is_family, code in found if is_family}
    assert len(plain) > 60
    assert families == set(FAMILIES)

    wanted = {f"problem.{code}" for code in chain(plain, *FAMILIES.values())}

    missing = {key.removeprefix("problem.") for key in wanted - WORDS[language].keys()}
    assert missing == OF_PROGRAMS


@pytest.mark.parametrize("language", WORDS)
def test_every_problem_that_a_page_finds_has_its_words(language):
    found = set(codes_of_pages())
    assert {"offline", "photo_large", "phone-full", "failed"} <= found

    assert [code for code in found if f"problem.{code}" not in WORDS[language]] == []


@pytest.mark.parametrize("language", WORDS)
def test_no_words_for_a_problem_hold_a_code_or_the_english_detail(language):
    problems = {
        key: set(HOLDS.findall(words))
        for key, words in WORDS[language].items()
        if ".problem." in f".{key}" or key == "cp.refused"
    }

    assert len(problems) > 70
    assert [key for key, held in problems.items() if held & {"code", "detail"}] == []


@pytest.mark.parametrize("language", WORDS)
def test_every_state_and_every_alert_has_its_words(language):
    states = {f"{group}.{state}" for group in ("pass", "status.is") for state in Status}
    without_pass = set(Status) - {Status.APPROVED}
    states |= {f"pass_page.problem.state.{state}" for state in without_pass}
    kinds = {f"{group}.{kind}" for group in ("alert", "todo") for kind in alerts()}
    assert len(kinds) > 20

    assert (states | kinds) - WORDS[language].keys() == set()
