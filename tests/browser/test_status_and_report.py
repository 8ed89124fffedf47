import pytest

from tests.applications import apply, decide, draft
from tests.browser.axe import serious
from tests.browser.conftest import sign_in
from tests.browser.forms import served

pytestmark = pytest.mark.browser
__all__ = ["served"]


@pytest.fixture(scope="module")
def asked(served):
    """An application whose desk waits for the applicant, and its reference."""
    told, _ = apply(served, "asked", "鲁C40001", contact="10:00")
    missing = {"missing": ["押运员身份证"]}
    decide(served, "asked", "information-requests", missing).raise_for_status()
    return told["reference"]


@pytest.fixture(scope="module")
def week(served):
    """One in time, one too late, one of the town's, one swap."""
    for pass_id, plate, contact in (
        ("wk-1", "鲁C41001", "11:00"),
        ("wk-2", "鲁C41002", "05:00"),
    ):
        apply(served, pass_id, plate, contact=contact)
        decide(served, pass_id, "approvals").raise_for_status()
    apply(served, "wk-3", "鲁C41003", issuer="town")
    apply(served, "wk-4", "鲁C41004", contact="11:55", replaces="wk-1")


def test_the_reference_shows_the_status_without_signing_in(page, asked):
    seen = []
    page.on("request", lambda request: seen.append(request.url))

    page.goto(f"/status#{asked}")

    standing = page.locator("#standing")
    standing.filter(has_text="需要补材料").wait_for()
    said = standing.inner_text()
    assert "鲁C40001" in said
    assert "押运员身份证" in said
    assert "暂停：等申请人" in said
    assert "到手用时" in said
    assert "0533-3241000" in said
    assert not page.is_visible("#form")
    assert [url for url in seen if asked in url.partition("#")[0]] == []


def test_an_approval_shows_up_with_the_pass(page, served):
    told, _ = apply(served, "soon", "鲁C40002")
    page.goto(f"/status#{told['reference']}")
    page.locator("#standing", has_text="审核中").wait_for()

    decide(served, "soon", "approvals").raise_for_status()

    link = page.locator("#standing a", has_text="打开通行证")
    link.wait_for(timeout=20_000)
    assert "370323" in page.inner_text("#standing")
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    link.click()
    page.wait_for_selector("#card:visible")

    assert page.inner_text("#plate") == "鲁C40002"
    assert [url for url in seen if told["reference"] in url.partition("#")[0]] == []
    page.goto("/status#" + told["reference"])
    page.locator("#standing", has_text="打开通行证").wait_for()


def test_a_refusal_says_why(page, served):
    told, _ = apply(served, "never", "鲁C40003")
    decide(served, "never", "refusals", {"reason": "线路未开通"}).raise_for_status()

    page.goto(f"/status#{told['reference']}")

    page.locator("#standing", has_text="线路未开通").wait_for()


def test_a_wrong_reference_is_said_and_a_pasted_link_is_understood(page, served):
    told = draft(served, "typed", "鲁C40004")
    page.goto("/status")
    page.locator("#form").wait_for()

    page.fill("#reference", "abc")
    page.click("button[type=submit]")
    page.locator("#said", has_text="32 位").wait_for()
    page.fill("#reference", "0" * 32)
    page.click("button[type=submit]")
    page.locator("#said", has_text="没有这个查询码").wait_for()
    page.fill("#reference", f"{served.url}/status#{told['reference'].upper()}")
    page.click("button[type=submit]")

    page.locator("#standing", has_text="等待提交").wait_for()


def test_the_week_stands_by_issuer_as_a_table_and_as_words(page, invite, week):
    _ = week
    sign_in(page, invite("coordinator"), "/report?week=2020-W07")

    rows = page.locator("#table tbody tr")
    rows.nth(2).wait_for()
    cells = [row.split("\t") for row in rows.all_inner_texts()]

    assert page.inner_text("#week") == "2020-W07（2020-02-10 至 2020-02-16）"
    assert [row[0] for row in cells] == ["沂源县交通运输局", "中庄镇经贸办", "合计"]
    asked = [int(row[1]) for row in cells]
    assert asked[0] + asked[1] == asked[2] >= 4
    assert cells[0][7] == "1"
    words = page.inner_text("#text")
    assert "超 6 小时 1 份" in words
    assert "沂源县交通运输局：申请" in words


def test_the_words_can_be_copied_and_the_week_before_is_empty(page, invite, week):
    _ = week
    sign_in(page, invite("coordinator"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/report")
    page.locator("#words").wait_for()

    page.click("#copy")
    page.locator("#copy", has_text="已复制").wait_for()
    assert "通行证办理情况" in page.evaluate("() => navigator.clipboard.readText()")
    assert page.is_disabled("#later")
    page.click("#earlier")
    page.locator("#table", has_text="没有申请").wait_for()
    assert "week=2020-W06" in page.url


def test_a_printed_report_has_no_buttons(page, invite, week):
    _ = week
    sign_in(page, invite("coordinator"), "/report")
    page.locator("#table table").wait_for()

    page.emulate_media(media="print")

    assert not page.is_visible("#copy")
    assert not page.is_visible("nav")
    assert page.is_visible("#text")


def test_links_lead_where_else_a_role_may_go(page, invite):
    sign_in(page, invite("coordinator"), "/")
    page.locator("#links a", has_text="周报").wait_for()

    names = page.locator("#links a").all_inner_texts()

    assert names == [
        "实时地图",
        "通行证申请",
        "周报",
        "地点与线路",
        "卡口手机",
    ]
    page.click("#links a:has-text('周报')")
    page.wait_for_url("**/report*")
    page.locator("#links a", has_text="县情").wait_for()
    assert "周报" not in page.locator("#links a").all_inner_texts()
    assert "周报" in page.inner_text("h1")


def test_the_report_is_not_for_firms(page, invite):
    sign_in(page, invite("firm", organisation="firm"), "/report")

    page.locator("#notice", has_text="供审核员").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_keeps_people_out(page, invite, week, asked, scheme):
    _ = week
    page.emulate_media(color_scheme=scheme)
    page.goto(f"/status#{asked}")
    page.locator("#standing").wait_for()
    assert serious(page) == []
    sign_in(page, invite("coordinator"), "/report")
    page.locator("#table table").wait_for()
    assert serious(page) == []
