"""What several pages know stands in one of their modules."""

from pathlib import Path

import pytest

MODULES = Path(__file__).parents[2] / "web" / "modules"


def saying(*words):
    return sorted(
        path.name
        for path in MODULES.rglob("*.js")
        if any(word in path.read_text("utf-8") for word in words)
    )


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("津沪", "沪津"), "plates.js"),
        (("港澳领",), "plates.js"),
        (("4500",), "rules.js"),
        (("9ABCDEFGHJKMNP",), "short-code.js"),
    ],
)
def test_the_pages_say_it_in_one_place(words, where):
    assert saying(*words) == [where]
