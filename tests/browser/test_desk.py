import pytest

from tests.applications import apply, decide, draft, one, submit
from tests.browser.axe import serious
from tests.browser.conftest import sign_in
from tests.browser.desks import open_plate, opened, plates, serving, three_wait
from tests.browser.test_map import FIRM

pytestmark = pytest.mark.browser


@pytest.fixture
def served(tmp_path):
    with serving(tmp_path) as made:
        yield made


@pytest.fixture
def three(served):
    three_wait(served)


@pytest.fixture
def at_desk(page, invite, three):
    _ = three
    return opened(page, invite("reviewer"))


def test_the_least_time_left_stands_first_with_both_clocks(at_desk):
    assert plates(at_desk) == ["鲁C10001", "鲁C10002", "鲁C10003"]
    rows = at_desk.locator("#queue .row").all_inner_texts()
    assert "超时 30 分钟" in rows[0]
    assert "还剩 30 分钟" in rows[1]
    assert "到手用时" in rows[2]
    assert "审批用时" in rows[2]
    assert open_plate(at_desk) == "鲁C10001"
    assert "机器核对" not in at_desk.inner_text("#detail .findings")
    assert "没有照片" in at_desk.inner_text("#detail .findings")
    assert at_desk.title().startswith("(3)")


def test_a_truck_swap_stands_above_all_others_with_its_own_thirty_minutes(
    at_desk, served
):
    decide(served, "calm", "approvals").raise_for_status()
    apply(served, "swap", "鲁C10009", contact="11:58", replaces="calm")

    at_desk.locator(".queue.swaps .row", has_text="鲁C10009").wait_for()

    assert plates(at_desk)[0] == "鲁C10009"
    assert "30 分钟" in at_desk.inner_text(".queue.swaps h2")
    at_desk.click(".queue.swaps .row")
    at_desk.locator("#detail .fields", has_text="鲁C10003").wait_for()
    at_desk.keyboard.press("a")
    at_desk.keyboard.press("a")
    at_desk.locator("#said", has_text="已批准 鲁C10009").wait_for()
    assert one(served, "calm")["status"] == "replaced"


def test_a_complete_application_takes_two_keys_and_the_next_is_open(at_desk, served):
    keys = ["a", "a"]

    for key in keys:
        at_desk.keyboard.press(key)

    at_desk.locator("#said", has_text="已批准 鲁C10001").wait_for()
    at_desk.locator("#detail .plate.big", has_text="鲁C10002").wait_for()
    assert one(served, "late")["status"] == "approved"
    assert plates(at_desk) == ["鲁C10002", "鲁C10003"]
    assert len(keys) <= 3


def test_a_refusal_is_a_reason_by_its_digit(at_desk, served):
    at_desk.keyboard.press("j")
    at_desk.locator("#refuse-it:enabled").wait_for()  # nobody refuses what is not read

    for key in ("r", "3", "Enter"):
        at_desk.keyboard.press(key)

    at_desk.locator("#said", has_text="未批准 鲁C10002").wait_for()
    found = one(served, "near")
    assert (found["status"], found["reason"]) == ("refused", "装载超过核定")
    assert open_plate(at_desk) == "鲁C10003"


def test_the_applicant_reads_chinese_whatever_the_reviewer_reads(at_desk, served):
    at_desk.click("#language")
    at_desk.locator("#state", has_text="Live").wait_for()
    for key in ("r", "3", "Enter"):
        at_desk.keyboard.press(key)
    at_desk.locator("#said", has_text="鲁C10001").wait_for()
    at_desk.reload()
    at_desk.locator("#approve-it:enabled").wait_for()
    for key in ("i", "1", "3", "Enter"):
        at_desk.keyboard.press(key)
    at_desk.locator("#said", has_text="鲁C10002").wait_for()

    assert one(served, "late")["reason"] == "装载超过核定"
    assert one(served, "near")["missing"] == ["驾驶证照片", "随车人员身份证"]


def test_a_refusal_without_a_reason_is_not_sent(at_desk, served):
    at_desk.keyboard.press("r")
    at_desk.keyboard.press("Enter")

    at_desk.locator("#refuse-said", has_text="请选一个原因").wait_for()
    at_desk.keyboard.press("Escape")
    at_desk.locator("#refuse").wait_for(state="hidden")
    assert one(served, "late")["status"] == "requested"


def test_what_is_missing_is_ticked_and_the_desk_clock_pauses(at_desk, served):
    for key in ("i", "1", "3", "Enter"):
        at_desk.keyboard.press(key)

    at_desk.locator("#said", has_text="已要求 鲁C10001").wait_for()
    found = one(served, "late")
    assert found["missing"] == ["驾驶证照片", "随车人员身份证"]
    row = at_desk.locator("#queue .row", has_text="鲁C10001")
    row.filter(has_text="暂停").wait_for()
    row.click()
    at_desk.locator("#detail .findings", has_text="要补").wait_for()
    assert at_desk.is_disabled("#approve-it")
    assert at_desk.is_enabled("#refuse-it")


def test_the_arrows_the_search_and_the_help_are_on_the_keyboard(at_desk):
    at_desk.keyboard.press("ArrowDown")
    assert open_plate(at_desk) == "鲁C10002"
    at_desk.keyboard.press("k")
    assert open_plate(at_desk) == "鲁C10001"

    at_desk.keyboard.press("/")
    at_desk.keyboard.type("10003")
    at_desk.keyboard.press("Enter")
    at_desk.locator("#detail .plate.big", has_text="鲁C10003").wait_for()
    assert plates(at_desk) == ["鲁C10003"]
    at_desk.fill("#search", "没有这辆车")
    at_desk.locator("#nothing", has_text="没有符合").wait_for()
    at_desk.keyboard.press("Escape")
    at_desk.keyboard.press("?")
    at_desk.locator("#help", has_text="批准并打开下一份").wait_for()
    at_desk.keyboard.press("Escape")
    at_desk.locator("#help").wait_for(state="hidden")


def test_a_firm_is_called_by_its_name_and_found_by_it(at_desk, served):
    served.as_("liaison", "").post("/v1/enterprises", json=FIRM).raise_for_status()
    at_desk.reload()

    at_desk.locator("#detail .head", has_text="示例果品有限公司").wait_for()
    assert "示例果品有限公司" in at_desk.inner_text("#queue .row >> nth=0")
    at_desk.fill("#search", "果品有限")
    assert len(plates(at_desk)) == 3


def test_a_letter_that_is_typed_decides_nothing(at_desk, served):
    at_desk.focus("#search")
    at_desk.keyboard.type("aria")
    assert at_desk.input_value("#search") == "aria"
    assert at_desk.locator("dialog[open]").count() == 0

    at_desk.fill("#search", "")
    at_desk.keyboard.press("Escape")
    at_desk.keyboard.press("r")
    at_desk.focus("#refuse-words")
    at_desk.keyboard.type("1aria")

    assert at_desk.input_value("#refuse-words") == "1aria"
    assert at_desk.locator("#refuse-list input:checked").count() == 0
    assert one(served, "late")["status"] == "requested"


@pytest.mark.usefixtures("three")
def test_another_issuers_applications_are_not_there(page, invite, served):
    apply(served, "towns", "鲁C20001", issuer="town")
    sign_in(page, invite("reviewer", issuer="town"), "/desk")

    page.locator("#queue .row", has_text="鲁C20001").wait_for()

    assert plates(page) == ["鲁C20001"]
    assert page.inner_text("#desk-of") == "中庄镇经贸办"


@pytest.mark.usefixtures("three")
def test_nobody_decides_their_own_organisations(page, invite):
    sign_in(page, invite("reviewer", organisation="firm"), "/desk")

    page.locator("#detail .findings", has_text="须由他人审批").wait_for()

    assert page.is_disabled("#approve-it")
    assert page.is_disabled("#refuse-it")
    page.keyboard.press("a")
    assert not page.is_visible("#approve")


def test_the_rules_say_what_does_not_fit(page, invite, served):
    draft(served, "odd", "鲁C30001")
    submit(served, "odd", "鲁C30001", seats=0, rated_load_kg=0)
    sign_in(page, invite("reviewer"), "/desk")

    findings = page.locator("#detail .findings")
    findings.filter(has_text="核定载人数：请填写").wait_for()

    assert "核定载质量（千克）：请填写" in findings.inner_text()


@pytest.mark.usefixtures("served")
def test_an_empty_desk_says_so(page, invite):
    sign_in(page, invite("reviewer"), "/desk")

    page.locator("#nothing", has_text="没有待审的申请").wait_for()
    assert page.is_disabled("#approve-it")


def test_without_a_session_or_with_the_wrong_role_the_desk_says_so(page, invite):
    page.goto("/desk")
    page.locator("#notice", has_text="审核员的邀请链接").wait_for()

    sign_in(page, invite("driver", organisation="firm"), "/desk")
    page.locator("#notice", has_text="供审核员使用").wait_for()


def test_a_lost_node_is_said_and_found_again(at_desk):
    at_desk.context.set_offline(True)
    at_desk.locator("#notice", has_text="连不上节点").wait_for(timeout=15_000)

    assert len(plates(at_desk)) == 3
    at_desk.context.set_offline(False)
    at_desk.locator("#state", has_text="实时").wait_for(timeout=15_000)


@pytest.mark.usefixtures("three")
def test_a_phone_shows_the_list_then_one_application_and_decides_in_three_taps(
    chromium, served, invite
):
    context = chromium.new_context(
        base_url=served.url,
        color_scheme="dark",
        viewport={"width": 390, "height": 844},
        has_touch=True,
    )
    phone = context.new_page()
    sign_in(phone, invite("reviewer"), "/desk")
    phone.locator("#queue .row").first.wait_for()
    assert not phone.is_visible("#detail")

    phone.tap("#queue .row >> nth=0")
    phone.locator("#approve-it:enabled").wait_for()
    assert not phone.is_visible("#queue")
    phone.tap("#approve-it")
    phone.tap("#approve [type=submit]")

    phone.locator("#said", has_text="已批准").wait_for()
    phone.locator("#detail .plate.big", has_text="鲁C10002").wait_for()
    wide = phone.evaluate("() => document.documentElement.scrollWidth")
    phone.tap(".back")
    phone.locator("#queue .row").first.wait_for()
    phone.tap("#queue .row >> nth=0")
    phone.locator("#approve-it:enabled").wait_for()
    phone.go_back()
    phone.locator("#queue .row").first.wait_for()
    assert phone.url.endswith("/desk")
    phone.tap("#queue .row >> nth=0")
    phone.locator("#approve-it:enabled").wait_for()
    decide(served, "near", "refusals", {"reason": "x"}).raise_for_status()
    phone.locator("#detail", has_text="鲁C10002 已由他人处理").wait_for()
    phone.tap(".back")
    phone.locator("#queue .row", has_text="鲁C10003").wait_for()
    context.close()
    assert wide <= 390


def test_the_language_changes_everything_but_the_data(at_desk):
    at_desk.click("#language")

    at_desk.locator("#state", has_text="Live").wait_for()
    shown = at_desk.inner_text("#queue h2") + at_desk.inner_text("article > footer")
    assert "Waiting" in shown
    assert not [c for c in shown if "一" <= c <= "鿿"]


@pytest.mark.parametrize("key", ["", "a", "r", "i", "?"])
def test_nothing_serious_keeps_people_out(at_desk, key):
    if key:
        at_desk.keyboard.press(key)
    assert serious(at_desk) == []
