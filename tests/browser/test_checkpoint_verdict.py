"""The verdict's rules as tables, run where officers run them: in the browser."""

import pytest

from domain.plates import normalise_plate

pytestmark = pytest.mark.browser
NOW = 1_581_830_000
MINUTE, HOUR, DAY = 60, 3600, 86400
AGES = {"5 min": 5 * MINUTE, "5 h": 5 * HOUR, "25 h": 25 * HOUR}
JUDGE = """async ({seen, known}) => {
  const { judge } = await import("/modules/checkpoint/verdict.js");
  return judge(seen, known);
}"""


def a_pass(**more):
    return {
        "number": "370323000001",
        "plate": "鲁X00001",
        "plateKind": "blue",
        "trailer": "",
        "validFrom": NOW - DAY,
        "validUntil": NOW + DAY,
        "lane": "l1",
        "crewCount": 2,
        "cargo": "苹果",
    } | more


def a_row(**more):
    return {
        "number": "370323000001",
        "shortCode": "23456789",
        "plate": "鲁X00001",
        "plateKind": "blue",
        "trailer": "",
        "validFrom": NOW - DAY,
        "validUntil": NOW + DAY,
        "status": "valid",
        "disinfectedUntil": NOW + 3 * HOUR,
        "crewCount": 2,
        "replaces": "",
        "replacedBy": "",
        "lane": "l1",
    } | more


def sheet_of(*rows, instructions=()):
    return {"rows": list(rows), "instructions": list(instructions)}


LISTED = sheet_of(a_row())


def what_is_known(sheet=LISTED, age=5 * MINUTE, **more):
    return {
        "now": NOW,
        "isClockSure": True,
        "checkpoint": "CP1",
        "direction": "outward",
        "lanes": ["l1"],
        "sheet": sheet,
        "sheetTime": NOW - age,
        "status": "valid",
        "listsTime": NOW - age,
        "recent": [],
        "disinfected": {},
    } | more


@pytest.fixture(scope="module")
def bare(chromium, served):
    page = chromium.new_page()
    page.goto(f"{served.url}/checkpoint")
    yield page
    page.close()


@pytest.fixture
def judged(bare):
    def judge(seen, **known):
        asked = {"seen": seen, "known": what_is_known(**known)}
        return bare.evaluate(JUDGE, asked)

    return judge


def said(verdict):
    return verdict["colour"], verdict["reason"]


BY_PASS, BY_PLATE = "pass", "plate"
TABLE = {
    ("listed", BY_PASS): ("green ok", "green ok", "amber lists_old"),
    ("listed", BY_PLATE): ("green ok", "amber sheet_faded", "amber lists_old"),
    ("unlisted", BY_PASS): (
        "amber not_listed",
        "amber not_listed",
        "amber lists_old",
    ),
    ("unlisted", BY_PLATE): (
        "amber not_listed",
        "amber not_listed",
        "amber lists_old",
    ),
    ("replaced", BY_PASS): ("red replaced",) * 3,
    ("replaced", BY_PLATE): ("red replaced",) * 3,
    ("revoked", BY_PASS): ("red revoked",) * 3,
    ("revoked", BY_PLATE): ("red revoked",) * 3,
    ("suspended", BY_PASS): (
        "red suspended",
        "amber suspended_then",
        "amber suspended_then",
    ),
    ("suspended", BY_PLATE): (
        "red suspended",
        "amber suspended_then",
        "amber suspended_then",
    ),
    ("lapsed", BY_PASS): (
        "amber disinfection_lapsed",
        "amber disinfection_lapsed",
        "amber lists_old",
    ),
    ("lapsed", BY_PLATE): (
        "amber disinfection_lapsed",
        "amber sheet_faded",
        "amber lists_old",
    ),
}
ROWS = {
    "listed": a_row(),
    "unlisted": a_row(number="370323000009", plate="鲁X00009"),
    "replaced": a_row(status="replaced", replacedBy="370323000002"),
    "revoked": a_row(status="revoked"),
    "suspended": a_row(status="suspended"),
    "lapsed": a_row(disinfectedUntil=NOW - 20 * MINUTE),
}
CASES = [
    pytest.param(ROWS[row], by, age, wanted, id=f"{row}-{by}-{name}")
    for (row, by), colours in TABLE.items()
    for (name, age), wanted in zip(AGES.items(), colours, strict=True)
]


@pytest.mark.parametrize(("row", "by", "age", "wanted"), CASES)
def test_a_verdict_by_what_the_sheet_says_and_how_old_it_is(
    judged, row, by, age, wanted
):
    seen = {"by": "qr", "pass": a_pass()} if by == BY_PASS else {"plate": "鲁X00001"}

    assert " ".join(said(judged(seen, sheet=sheet_of(row), age=age))) == wanted


PASS = {"by": "qr", "pass": a_pass()}
RECENT = {"checkpoint": "CP1", "direction": "outward", "number": "370323000001"}
REFUSED = [
    ({**PASS, "plateSeen": "鲁X00002"}, {}, "red plate_mismatch"),
    ({**PASS, "pass": a_pass(validUntil=NOW - 1)}, {}, "red expired"),
    ({**PASS, "pass": a_pass(validFrom=NOW + 90)}, {}, "red not_yet_valid"),
    (PASS, {"status": "invalid"}, "red revoked"),
    (PASS, {"status": "suspended"}, "red suspended"),
    ({"by": "qr", "problem": "bad_signature"}, {}, "red bad_signature"),
    ({"by": "qr", "problem": "unreadable"}, {}, "amber unreadable"),
    (PASS, {"sheet": sheet_of(a_row(status="renewed"))}, "amber renewed"),
    (
        PASS,
        {"sheet": sheet_of(a_row(number="9", replaces="370323000001"))},
        "red replaced",
    ),
    (
        {**PASS, "pass": a_pass(lane="l2")},
        {"sheet": sheet_of()},
        "amber off_lane",
    ),
    (PASS, {"sheet": None, "sheetTime": None}, "amber no_lists"),
    (PASS, {"listsTime": None}, "amber no_lists"),
    (PASS, {"recent": [{**RECENT, "time": NOW - 599}]}, "amber scanned_twice"),
    (PASS, {"recent": [{**RECENT, "time": NOW - 601}]}, "green ok"),
    (
        PASS,
        {"recent": [{**RECENT, "time": NOW - 60, "direction": "return"}]},
        "green ok",
    ),
    ({**PASS, "crewCount": 3}, {}, "amber crew_mismatch"),
    ({**PASS, "crewCount": 2}, {}, "green ok"),
    ({**PASS, "temperatureNormal": False}, {}, "amber temperature"),
    (
        PASS,
        {"sheet": sheet_of(a_row(disinfectedUntil=None))},
        "amber disinfection_missing",
    ),
    (
        PASS,
        {
            "sheet": sheet_of(a_row(disinfectedUntil=NOW - 1)),
            "disinfected": {"鲁X00001": NOW + HOUR},
        },
        "green ok",
    ),
    ({"by": "code", "code": "23456789"}, {}, "green ok"),
    (
        {"plate": "鲁X0001挂"},
        {"sheet": sheet_of(a_row(trailer="鲁X0001挂"))},
        "green ok",
    ),
    ({"plate": "鲁X00001"}, {"sheet": sheet_of(a_row(validUntil=NOW))}, "red expired"),
]


@pytest.mark.parametrize(("seen", "known", "wanted"), REFUSED)
def test_a_verdict_has_one_reason(judged, seen, known, wanted):
    assert " ".join(said(judged(seen, **known))) == wanted


@pytest.mark.parametrize("by", [PASS, {"plate": "鲁X00001"}])
def test_nothing_that_depends_on_time_rests_on_a_wrong_clock(judged, by):
    for now in (0, NOW + 70 * 365 * DAY):
        known = {"now": now, "isClockSure": False}

        assert said(judged(by, **known)) == ("amber", "clock_wrong")
        revoked = sheet_of(a_row(status="revoked"))
        assert said(judged(by, sheet=revoked, **known)) == ("red", "revoked")


INSTRUCTION = {"text": "查核酸", "provinces": ["鲁"], "cargo": ["苹果"], "until": None}


@pytest.mark.parametrize(
    ("instruction", "wanted", "shown"),
    [
        (INSTRUCTION, "green ok", 1),
        ({**INSTRUCTION, "effect": "check"}, "amber instruction_check", 1),
        ({**INSTRUCTION, "effect": "turn_back"}, "red instruction_turn_back", 1),
        ({**INSTRUCTION, "effect": "check", "provinces": ["鄂"]}, "green ok", 0),
        ({**INSTRUCTION, "effect": "check", "cargo": ["水产"]}, "green ok", 0),
        ({**INSTRUCTION, "effect": "check", "until": NOW - 1}, "green ok", 0),
        ({"text": "一律登记"}, "green ok", 1),
    ],
)
def test_todays_instruction_is_part_of_the_verdict(judged, instruction, wanted, shown):
    sheet = sheet_of(a_row(), instructions=[instruction])

    verdict = judged(PASS, sheet=sheet)

    assert " ".join(said(verdict)) == wanted
    assert len(verdict["facts"]["instructions"]) == shown


def test_minutes_of_disinfection_left_stand_in_the_facts(judged):
    facts = judged(PASS)["facts"]
    lapsed = judged(PASS, sheet=sheet_of(ROWS["lapsed"]))["facts"]

    assert (facts["minutesLeft"], lapsed["minutesLeft"]) == (180, -20)
    assert facts["sheetAge"] == 5 * MINUTE


def test_every_reason_has_its_words_in_both_languages(bare):
    reasons = bare.evaluate(
        "async () => (await import('/modules/checkpoint/verdict.js')).REASONS"
    )
    for language in ("zh", "en"):
        words = bare.evaluate(
            f"async () => (await fetch('/texts/{language}.json')).json()"
        )
        for reason in reasons:
            for kind in ("reason", "advice", "also"):
                assert words[f"cp.{kind}.{reason}"]


@pytest.mark.parametrize(
    ("typed", "is_plate"),
    [
        ("鲁C12345", True),
        ("鲁CD12345", True),
        ("鲁C12345D", True),
        ("鲁C1234挂", True),
        ("粤Z1234港", True),
        ("鲁C1234警", True),
        ("鲁I12345", False),
        ("鲁C1234", False),
        ("XC12345", False),
    ],
)
def test_plates_are_known_by_their_shape(bare, typed, is_plate):
    found = bare.evaluate(
        "async (t) => (await import('/modules/plates.js')).isPlate(t)", typed
    )

    assert found is is_plate
    assert normalise_plate(typed).is_known_shape is is_plate
