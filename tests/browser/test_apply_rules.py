"""The clerk's checks in JavaScript, run in Chromium; Python is their witness."""

import json

import pytest

from domain.clerk import is_id_number
from domain.plates import normalise_plate

pytestmark = pytest.mark.browser
RULES = "/modules/apply/rules.js"
GOOD = {
    "issuer": "county",
    "plate": "鲁C12345",
    "vehicle_type": "厢式货车",
    "gross_mass_kg": "4490",
    "rated_load_kg": "1735",
    "load_kg": "1500",
    "seats": "3",
    "inspection_valid_until": "2020-09-30",
    "owner": "示例果蔬",
    "driver.name": "王小明",
    "driver.phone": "13800000000",
    "driver.id_number": "11010519491231002X",
    "driver.licence_class": "C1",
    "goods": "苹果",
    "valid_from": "2020-02-16T08:00",
    "valid_until": "2020-02-23T00:00",
    "declaration": True,
    "crew": [],
}
HEAVY = {"gross_mass_kg": "18000", "rated_load_kg": "9000"}
MATE = {"name": "李", "phone": "", "id_number": "11010519491231002X"}
IDS = (
    "11010519491231002X",
    "11010519491231002x",
    "１１０１０５１９４９１２３１００２Ｘ",
    "110105194912310021",
    "110105194902300026",
    "01010519491231002X",
    "1101051949123100",
    "",
)
PLATES = (
    "鲁C12345",
    "鲁 c·12345",
    "鲁CD12345",
    "鲁C12345D",
    "鲁C1234挂",
    "鲁C1234学",
    "粤Z1234港",
    "鲁C123456",
    "鲁I12345",
    "鲁C1234O",
    "C12345",
    "鲁",
)


@pytest.fixture(scope="module")
def rules(chromium, served):
    """Calls one function of the module with arguments of JSON."""
    page = chromium.new_page(base_url=served.url)
    page.goto("/sign-in")

    def call(name, *arguments):
        script = (
            f"async (args) => (await import('{RULES}')).{name}"
            "(...args.map((a) => a?.now ? { ...a, now: new Date(a.now) } : a))"
        )
        return page.evaluate(script, list(arguments))

    yield call
    page.close()


def found(rules, change, **context):
    context = {"now": "2020-02-16T12:00:00+08:00"} | context
    told = rules("check", GOOD | change, context)
    return {(one["field"], one["code"]) for one in told}


def test_a_complete_application_has_nothing_to_change(rules):
    assert found(rules, {}) == set()


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"plate": "鲁C1"}, "plate", "plate"),
        ({"trailer": "挂"}, "trailer", "plate"),
        ({"seats": "0"}, "seats", "positive"),
        ({"load_kg": "abc"}, "load_kg", "positive"),
        ({"load_kg": "1736"}, "load_kg", "overloaded"),
        ({"rated_load_kg": "4490"}, "rated_load_kg", "rated_above_gross"),
        (HEAVY, "road_transport_permit", "permit"),
        (HEAVY | {"road_transport_permit": "1"}, "driver.licence_class", "licence"),
        ({"driver.licence_class": "C5"}, "driver.licence_class", "licence"),
        ({"driver.licence_class": "Z9"}, "driver.licence_class", "licence"),
        ({"trailer": "鲁C1234挂"}, "driver.licence_class", "licence"),
        ({"seats": "2", "crew": [MATE, MATE]}, "seats", "seats"),
        ({"crew": [MATE | {"name": ""}]}, "crew.0.name", "missing"),
        ({"crew": [MATE | {"id_number": "1"}]}, "crew.0.id_number", "id_number"),
        ({"driver.id_number": "1"}, "driver.id_number", "id_number"),
        ({"driver.phone": "none"}, "driver.phone", "phone"),
        (
            {"inspection_valid_until": "2020-02-21"},
            "inspection_valid_until",
            "inspection",
        ),
        ({"valid_until": "2020-02-16T08:00"}, "valid_until", "window_order"),
        ({"valid_until": "2020-03-02T08:00"}, "valid_until", "window"),
        (
            {"valid_from": "2020-02-14T08:00", "valid_until": "2020-02-16T12:00"},
            "valid_until",
            "window_over",
        ),
        (
            {"has_return": True, "return_until": "2020-02-24T08:00"},
            "return_until",
            "return_window",
        ),
        ({"declaration": False}, "declaration", "declaration"),
        ({"goods": " "}, "goods", "missing"),
    ],
)
def test_what_a_clerk_would_send_back_is_found(rules, change, field, code):
    assert (field, code) in found(rules, change, issuer={"validity_days": 14})


def test_what_is_right_is_left_alone(rules):
    heavy = HEAVY | {"road_transport_permit": "3703", "driver.licence_class": "b2"}
    until = {"inspection_valid_until": "2020-02-22"}
    back = {"has_return": True, "return_from": "2020-02-20T08:00"}
    people = {"seats": "2", "crew": [MATE]}

    assert found(rules, heavy) == set()
    assert found(rules, until) == set()
    assert found(rules, back | {"return_until": "2020-02-21T08:00"}) == set()
    assert found(rules, people) == set()
    assert found(rules, {"driver.licence_class": "A1A2"}) == set()


def test_a_lane_is_asked_for_where_there_is_one(rules):
    assert found(rules, {}, lanes=[{"code": "L"}]) == {("lane", "missing")}


def test_of_sealed_people_only_the_number_is_judged(rules):
    sealed = {"is_sealed": True, "crew_count": 3, "driver.name": ""}

    assert found(rules, sealed) == set()
    assert found(rules, sealed | {"crew_count": 4}) == {("seats", "seats")}


@pytest.mark.parametrize("number", IDS)
def test_id_numbers_are_judged_as_the_node_judges_them(rules, number):
    plain = "".join(number.split()).upper()
    plain = plain.translate({0xFEE0 + c: c for c in range(0x21, 0x7F)})

    assert rules("isIdNumber", number) == is_id_number(plain)


@pytest.mark.parametrize("plate", PLATES)
def test_plates_are_judged_as_the_node_judges_them(rules, plate):
    told = normalise_plate(plate)

    assert rules("isPlate", plate) == told.is_known_shape
    assert rules("normalPlate", plate) == told.text


def test_every_finding_has_its_words_in_both_languages(served):
    for language in ("zh", "en"):
        words = served.client().get(f"/texts/{language}.json").json()
        source = served.client().get(RULES).text
        codes = {part.split('"')[0] for part in source.split('code: "')[1:]}
        assert codes
        assert [c for c in codes if f"rule.{c}" not in words] == []
        assert json.dumps(words)
