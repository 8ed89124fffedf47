"""The holder's pass in Chromium: on the phone, as a picture, on paper."""

import base64
import io

import pytest
import zxingcpp
from PIL import Image

from tests.browser.conftest import sign_in
from tests.passes import DRIVER, grant, stage

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def staged(served):
    stage(served)


def opened(page, invite, pass_id, *roles, organisation="firm"):
    sign_in(page, invite(*roles, organisation=organisation), f"/pass/{pass_id}")


def codes_in(picture):
    with Image.open(io.BytesIO(picture)) as found:
        return [code.text for code in zxingcpp.read_barcodes(found.convert("L"))]


def collected(served, pass_id):
    """How often it was opened or printed, as far as the log knows now."""
    last = served.newest
    path = f"/v1/history/pass/{pass_id}"
    told = served.as_("firm").get(path, params={"min_position": last}).json()
    return [one["what"] for one in told["events"]].count("PassCollected")


def test_a_holder_opens_the_pass_and_has_it_in_hand(page, served, invite):
    grant(served, "page-1", "鲁X04001")

    sign_in(page, invite("firm", organisation="firm"))
    with page.expect_response("**/collections") as first:
        page.goto("/pass/page-1")
    with page.expect_response("**/collections") as again:
        page.reload()

    page.wait_for_selector("#card:visible")
    assert page.inner_text("#plate") == "鲁X04001"
    assert "中庄 → 博山 → 淄川 → 张店" in page.inner_text("#facts")
    assert (first.value.status, again.value.status) == (201, 200)
    assert collected(served, "page-1") == 1


def test_staff_who_look_do_not_take_it_in_hand(page, served, invite):
    grant(served, "page-2", "鲁X04002")
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "collections" in r.url else 0)

    opened(page, invite, "page-2", "coordinator", organisation="")

    page.wait_for_selector("#card:visible")
    assert asked == []
    assert collected(served, "page-2") == 0


def test_the_saved_picture_holds_the_code(page, served, invite):
    grant(served, "page-3", "鲁X04003")
    opened(page, invite, "page-3", "firm")
    page.wait_for_selector("#card:visible")

    page.click("#save")

    page.wait_for_selector("#picture:visible")
    source = page.get_attribute("#saved", "src")
    assert source == page.get_attribute("#download", "href")
    (text,) = codes_in(base64.b64decode(source.partition(",")[2]))
    assert text.startswith("GC1:")


def test_the_paper_has_both_codes_and_room_for_the_seal(page, served, invite):
    grant(served, "page-4", "鲁X04004", driver=DRIVER)
    opened(page, invite, "page-4", "firm")
    page.wait_for_selector("#card:visible")
    page.evaluate("window.print = () => (window.printed = true)")

    page.click("#language")
    page.click("#print")

    page.wait_for_function("window.printed")
    page.emulate_media(media="print")
    page.wait_for_selector("#paper:visible")
    paper = page.inner_text("#paper")
    assert "重点物资运输车辆通行证" in paper
    assert "签发单位盖章" in paper
    assert "0533-2" in paper
    assert "欧阳*　证件末四位 0014" in paper
    assert page.is_hidden("#card")
    page.set_viewport_size({"width": 794, "height": 1123})
    texts = codes_in(page.locator("#paper").screenshot())
    code = served.as_("firm").get("/v1/passes/page-4/signed").json()["short_code"]
    assert {text[:4] for text in texts} == {"GC1:", "http"}
    assert any(text.endswith(f"/v/{code}") for text in texts)


@pytest.mark.parametrize(
    ("act", "plate", "words"),
    [("suspensions", "鲁X04015", "已暂停"), ("revocations", "鲁X04025", "已吊销")],
)
def test_a_pass_that_does_not_stand_says_why(page, served, invite, act, plate, words):
    pass_id = f"page-{act}"
    grant(served, pass_id, plate)
    reviewer = served.as_("reviewer", "")
    reviewer.post(f"/v1/passes/{pass_id}/{act}", json={"reason": "核查"})

    opened(page, invite, pass_id, "firm")

    page.locator("#notice", has_text=words).wait_for()
    assert page.is_hidden("#card")


def test_the_page_says_who_may_not_and_what_is_not_there(page, served, invite):
    grant(served, "page-6", "鲁X04006")
    page.goto("/pass/page-6")
    page.locator("#notice", has_text="邀请链接").wait_for()

    opened(page, invite, "page-6", "firm", organisation="rival")

    page.locator("#notice", has_text="不属于您的单位").wait_for()


@pytest.mark.parametrize(
    ("code", "words"),
    [("refused", "按规定不能这样办"), ("heard-of-by-nobody", "没有办成")],
)
def test_a_failure_is_told_in_words(page, invite, code, words):
    problem = {"status": 409, "code": code, "detail": "Two lines have the same code"}
    page.route("**/signed", lambda route: route.fulfill(status=409, json=problem))

    opened(page, invite, "page-1", "firm")

    page.locator("#notice", has_text=words).wait_for()
    said = page.inner_text("#notice")
    assert "Two lines" not in said
    assert code not in said


def test_without_a_network_an_open_page_keeps_the_pass(page, served, invite):
    grant(served, "page-7", "鲁X04007")
    opened(page, invite, "page-7", "firm")
    page.wait_for_selector("#card:visible")

    page.context.set_offline(True)
    page.click("#save")

    page.wait_for_selector("#picture:visible")
    page.context.set_offline(False)


def test_a_short_code_tells_anybody_what_they_may_know(page, served):
    grant(served, "page-8", "鲁X04008")
    told = served.as_("firm").get("/v1/passes/page-8/signed").json()
    code = told["short_code"]

    page.goto(f"/v/{code[:4].lower()}-{code[4:].lower()}")
    assert page.inner_text("h2") == "有效"
    assert "鲁X04008" in page.inner_text(".facts")
    page.click("header a")
    assert page.inner_text("h2") == "Valid"
    page.goto("/v/AAAAAAAA")
    assert page.inner_text("h2") == "查无此证"
