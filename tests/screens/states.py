"""Each page where there is nothing, nothing yet, no node, or one that fails."""

import re
from typing import NamedTuple

from tests.browser.conftest import OFTEN, sign_in

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
LATE = "loading unreached failed"
ONCE = f"empty {LATE}"
AGAIN = f"{ONCE} offline"


class Shown(NamedTuple):
    """`offline` is for pages that ask again: what they read before stays."""

    path: str
    states: str = AGAIN
    sizes: str = "desktop"
    role: str = "coordinator"


PAGES = {
    "map": Shown("/map", sizes="desktop phone"),
    "county": Shown("/"),
    "desk": Shown("/desk", role="reviewer"),
    "apply": Shown("/apply", sizes="phone", role="firm"),
    "report": Shown("/report", ONCE),
    "places": Shown("/places", ONCE),
    "phones": Shown("/phones"),
    "checkpoint": Shown("/checkpoint", "empty offline", "phone", "checkpoint"),
    "status": Shown("/status", "empty", "phone"),
    "status-known": Shown(
        "{status-known}", "loading unreached failed offline", "phone"
    ),
    "pass": Shown("{pass}", LATE, "phone"),
    "trust": Shown("/trust", ONCE, "phone"),
}
# Not here: `check` is read finished, and `sign-in` asks nothing before its button; a
# checkpoint's phone goes on from what it keeps.
SAID = {
    "empty": "",
    "loading": "正在读取",
    "offline": "连不上节点",
    "unreached": "连不上节点",
    "failed": "出错",
}
SAID_ELSEWHERE = {
    ("checkpoint", "offline"): "离线",
    ("status", "failed"): "没有应答",
    ("pass", "failed"): "没有应答",
}
ASKED = re.compile(r"/v1/(?!invitations/)|/trust/fingerprint")
BEHIND = {"type": "about:blank", "status": 503, "code": "storage-unavailable"}
BEHIND |= {"title": "Service Unavailable", "detail": "The log did not take it"}
SETTLE_MS = 1500


def hold(_route):
    """Never answered: the picture is taken while the page waits."""


def lose(route):
    route.abort()


def fail(route):
    route.fulfill(status=503, json=BEHIND, content_type="application/problem+json")


ANSWERS = {"loading": hold, "unreached": lose, "failed": fail}


def shoot_states(browser, finished, fresh, target, paths):
    """`paths` of the finished node's pages that show one pass."""
    for name, shown in PAGES.items():
        for state in shown.states.split():
            node = fresh if state == "empty" else finished
            at = shown._replace(path=shown.path.format(**paths))
            for size in shown.sizes.split():
                path = target / f"{name}-{state}-zh-light-{size}.png"
                shoot(browser, node, path, at, state, size)
                print(path)


def shoot(browser, node, path, shown, state, size):
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=str(node.http.base_url),
        locale="zh-CN",
        viewport={"width": width, "height": height},
    )
    context.add_init_script(OFTEN)
    page = context.new_page()
    if answer := ANSWERS.get(state):
        page.route(ASKED, answer)
    enter(page, invite(node, shown.role), shown)
    page.wait_for_timeout(SETTLE_MS)
    if state == "offline":
        node.kill()
    if said := SAID_ELSEWHERE.get((path.stem.split("-")[0], state), SAID[state]):
        page.get_by_text(said).locator("visible=true").first.wait_for()
    page.screenshot(path=path)
    context.close()
    if state == "offline":
        node.open()


def invite(node, role):
    body = {"name": "演示", "roles": [role]}
    body |= {"organisation": "guolanzi"} if role == "firm" else {}
    body |= {"issuer": "county"} if role == "reviewer" else {}
    body |= {"checkpoint": "CP2"} if role == "checkpoint" else {}
    answer = node.post("operator", "/v1/invitations", body)
    return answer.raise_for_status().json()["link"]


def enter(page, link, shown):
    """A phone is enrolled by its own page: its name stays on the device."""
    if shown.role != "checkpoint":
        base = link.partition("/sign-in#")[0]
        return sign_in(page, link, f"{base}{shown.path}")
    page.goto(link)
    page.fill("#pin", "2468")
    page.click("[data-act=enrol]")
    return page.locator("#duty").wait_for()
