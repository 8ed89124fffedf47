"""The application page, filled in: what its tests share."""

from zoneinfo import ZoneInfo

import pytest

from tests.applications import all_of, open_issuers
from tests.browser.conftest import sign_in
from tests.integration.conftest import Served

COUNTY = ZoneInfo("Asia/Shanghai")


FORM = {
    "vehicle_type": "厢式货车",
    "owner": "示例果蔬有限公司",
    "gross_mass_kg": "4490",
    "rated_load_kg": "1735",
    "load_kg": "1500",
    "seats": "3",
    "inspection_valid_until": "2020-09-30",
    "driver.name": "王小明",
    "driver.phone": "13800000000",
    "driver.id_number": "11010519491231002X",
    "driver.licence_class": "C1",
    "goods": "苹果",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("apply"))
    open_issuers(made)
    yield made
    made.stop()


@pytest.fixture
def at_form(page, invite):
    sign_in(page, invite("firm", organisation="firm"), "/apply")
    page.locator("#new:enabled").click()
    page.locator("#form [name=plate]").wait_for()
    return page


def fill(page, plate, **changes):
    page.fill("[name=plate]", plate)
    for name, value in (FORM | changes).items():
        page.fill(f"[name='{name}']", value)
    page.select_option("[name=lane]", "zz-zd")
    page.check("#declaration")


def card(page, plate):
    return page.locator(".application", has_text=plate).first


def listed(served, plate):
    return [a for a in all_of(served) if a["plate"] == plate]


def wrong(page, field):
    return page.locator(f"[data-field='{field}'] .wrong")
