"""Every problem that somebody at a page can run into has its words."""

import json
import re

from tests.unit.test_project import ROOT

CODES = re.compile(
    r"""\b(?:code|CODE)(?:: ClassVar\[str\])? = "([a-z-]+)\""""
    r"""|(?:Problem\(\s*\d+|getattr\(error, "code"),\s*"([a-z-]+)\""""
)
OF_PROGRAMS = {
    "authority-not-found",
    "invalid-idempotency-key",
    "invalid-parameter",
    "invalid-path",
    "invalid-position",
    "malformed-json",
    "not-json",
    "too-many-items",
    "topic-not-empty",
    "unknown-parameter",
}
"""What no page of ours sends; programs read the code and the English detail."""


def test_every_problem_has_its_words_in_both_languages():
    sources = [
        p for top in ("domain", "api", "infra") for p in ROOT.glob(f"{top}/**/*.py")
    ]
    codes = {
        found[1] or found[2]
        for source in sources
        for found in CODES.finditer(source.read_text("utf-8"))
    }
    assert len(codes) > 60

    for language in ("zh", "en"):
        words = json.loads((ROOT / f"web/texts/{language}.json").read_text("utf-8"))
        missing = {code for code in codes if f"problem.{code}" not in words}
        assert missing == OF_PROGRAMS, language
