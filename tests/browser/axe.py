"""axe-core in the page: what would keep people out, serious or worse."""

import json
from pathlib import Path

import pytest

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def serious(page):
    if not AXE.exists():
        pytest.skip("axe-core is not installed: python -m infra.assets does it")
    session = page.context.new_cdp_session(page)
    session.send("Page.setBypassCSP", {"enabled": True})
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run()")
    return [
        json.dumps([v["id"], v["nodes"][0]["html"]], ensure_ascii=False)
        for v in found["violations"]
        if v["impact"] in {"serious", "critical"}
    ]
