import pytest

from tests.browser.conftest import sign_in
from tests.integration.conftest import Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("phones"))
    post = {"checkpoint": "CP1", "name": "出县卡口", "lane": "L"}
    post["point"] = {"lon": 118.05, "lat": 36.8}
    made.as_("coordinator", "").post("/v1/checkpoints", json=post).raise_for_status()
    yield made
    made.stop()


def test_a_coordinator_enrols_a_phone_and_revokes_it(page, invite, served, chromium):
    answers = iter(["甲班手机", "遗失"])
    page.on("dialog", lambda dialog: dialog.accept(next(answers)))
    sign_in(page, invite("coordinator"), "/phones")

    page.locator("section", has_text="出县卡口").locator("text=添加手机").click()
    page.locator("#editor").wait_for()
    link = page.input_value("#link")
    is_drawn = page.evaluate("() => document.querySelector('#code').naturalWidth > 100")
    phone = chromium.new_page(base_url=served.url)
    phone.goto(link)
    phone.fill("#pin", "2468")
    phone.click("[data-act=enrol]")
    phone.locator("#duty").wait_for()
    page.locator(".place", has_text="甲班手机").locator("text=停用").click()

    page.locator(".place", has_text="已停用 · 遗失").wait_for()
    phone.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    phone.locator("#notice", has_text="本机已停用").wait_for()
    phone.close()
    assert is_drawn
    assert f"{served.url}/checkpoint#" in link
