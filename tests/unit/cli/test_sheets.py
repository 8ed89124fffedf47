from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cli.sheets.cells import (
    CellError,
    colour_of,
    count_of,
    kilograms_of,
    price_of,
    time_of,
)
from cli.sheets.files import Sheet, SheetError, read_sheet, write_rejects
from cli.sheets.headings import field_of
from cli.sheets.pickups import parse

HEADINGS = ["单号", "车牌", "品级", "箱数", "每箱重量（斤）", "单价", "小区"]
GOOD = ["D1", "鲁X00001", "80#", "12", "10", "45", "C01"]
CELLS = st.text(
    st.characters(codec="gb18030", exclude_categories=["C", "Z"]),
    min_size=1,
    max_size=9,
)


def sheet(*rows):
    return Sheet(HEADINGS, [list(row) for row in rows], "utf-8")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2020年2月16日 5:55", datetime(2020, 2, 16, 5, 55)),
        ("2020年2月16日5时55分", datetime(2020, 2, 16, 5, 55)),
        ("2020/2/16 05:55", datetime(2020, 2, 16, 5, 55)),
        ("2020-02-16 05:55:30", datetime(2020, 2, 16, 5, 55, 30)),
        ("2020.2.16", datetime(2020, 2, 16)),
        (43877.246527778, datetime(2020, 2, 16, 5, 55)),
        (datetime(2020, 2, 16, 5, 55), datetime(2020, 2, 16, 5, 55)),
        ("", None),
        (None, None),
    ],
)
def test_times_are_read_as_people_write_them(written, read):
    assert time_of(written) == read


@pytest.mark.parametrize(
    ("written", "unit", "kilograms"),
    [
        ("10斤", "", 5.0),
        ("10", "斤", 5.0),
        ("10 公斤", "斤", 10.0),
        ("1.5吨", "", 1500.0),
        ("1,000 kg", "", 1000.0),
        ("", "斤", None),
    ],
)
def test_weights_are_read_in_their_unit(written, unit, kilograms):
    assert kilograms_of(written, unit) == kilograms


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: time_of("昨天下午"),
        lambda: time_of("2020年13月1日"),
        lambda: kilograms_of("很重", "斤"),
        lambda: kilograms_of("10", ""),
        lambda: count_of("很多", "箱数"),
        lambda: count_of("-1", "箱数"),
        lambda: price_of("面议"),
        lambda: price_of("-3"),
        lambda: colour_of("花"),
    ],
)
def test_what_cannot_be_read_says_so(wrong):
    with pytest.raises(CellError):
        wrong()


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("单号", ("document_no", "")),
        ("每箱重量（斤）", ("case_mass", "斤")),
        ("Weight (kg)", ("mass", "kg")),
        (" 车 牌", (None, "")),
        ("备注", (None, "")),
    ],
)
def test_headings_are_known_in_both_languages(heading, field):
    assert field_of(heading) == field


def test_rows_of_one_document_are_one_pickup():
    second = ["D1", "鲁X00001", "75#", "7", "10", "40", "C01"]

    (pickup,) = parse(sheet(GOOD, second), {}).pickups

    assert [line["code"] for line in pickup.body["lines"]] == ["80#", "75#"]
    assert pickup.body["lines"][0]["case_mass_kg"] == 5.0
    assert pickup.body["stops"] == [{"place": "C01", "planned": {"80#": 12, "75#": 7}}]


def test_one_bad_row_sends_its_whole_document_back():
    bad = ["D1", "鲁X00001", "75#", "很多", "10", "40", "C01"]
    other = ["D2", *GOOD[1:]]

    parsed = parse(sheet(GOOD, bad, other), {})

    assert [p.body["document_no"] for p in parsed.pickups] == ["D2"]
    assert set(parsed.rejects) == {0, 1}
    assert "很多" in parsed.rejects[1]


@pytest.mark.parametrize(
    ("place", "other", "reason"),
    [
        (1, "鲁X00002", "车牌不一致：鲁X00001、鲁X00002"),
        (4, "12", "80#每箱重量不一致：5.0、6.0"),
        (5, "46", "80#单价不一致：45.0、46.0"),
        (7, "2020-02-16 06:00", "装车时间不一致"),
        (8, "乙合作社", "企业不一致"),
    ],
)
def test_rows_that_contradict_each_other_come_back_together(place, other, reason):
    headings = [*HEADINGS, "装车时间", "企业"]
    first = [*GOOD, "2020-02-16 05:00", "甲合作社"]
    second = [*first[:place], other, *first[place + 1 :]]
    table = Sheet(headings, [first, second, ["D2", *first[1:]]], "utf-8")

    parsed = parse(table, {})

    assert [p.body["document_no"] for p in parsed.pickups] == ["D2"]
    assert set(parsed.rejects) == {0, 1}
    assert reason in parsed.rejects[0]


def test_another_grade_may_have_another_price_and_another_case():
    second = ["D1", "鲁X00001", "75#", "7", "12", "40", "C01"]

    (pickup,) = parse(sheet(GOOD, second), {}).pickups

    assert [line["case_mass_kg"] for line in pickup.body["lines"]] == [5.0, 6.0]
    assert [line["unit_price_cny"] for line in pickup.body["lines"]] == [45.0, 40.0]


def test_what_only_one_row_says_holds_for_its_document():
    headings = [*HEADINGS, "装车时间", "车牌颜色"]
    first = ["D1", "鲁X00001", "80#", "12", "", "", "C01", "", ""]
    second = [*GOOD[:6], "C02", "2020-02-16 05:00", "黄"]

    (pickup,) = parse(Sheet(headings, [first, second], "utf-8"), {}).pickups

    assert pickup.body["event_time"] == "2020-02-16T05:00:00"
    assert pickup.body["plate_kind"] == "yellow"
    (line,) = pickup.body["lines"]
    assert (line["cases"], line["case_mass_kg"], line["unit_price_cny"]) == (24, 5, 45)


@pytest.mark.parametrize("row", [["", "125", "10"], ["12", "130", "10"]])
def test_a_weight_that_is_not_that_of_its_cases_is_rejected(row):
    headings = ["单号", "车牌", "品级", "箱数", "重量（斤）", "每箱重量（斤）"]
    table = Sheet(headings, [["D1", "鲁X00001", "80#", *row]], "utf-8")

    assert "重量与箱数" in parse(table, {}).rejects[0]


def test_weighed_cases_share_their_mass():
    headings = ["单号", "车牌", "品级", "箱数", "重量（斤）", "小区"]
    rows = [
        ["D1", "鲁X00001", "80#", *rest] for rest in (["3", "31", ""], ["1", "9", ""])
    ]

    (pickup,) = parse(Sheet(headings, rows, "utf-8"), {}).pickups

    assert pickup.body["lines"][0]["case_mass_kg"] == 5.0


def test_an_unknown_community_is_rejected_when_there_is_a_register():
    assert parse(sheet(GOOD), {"和平小区": "C02"}).rejects == {0: "小区名未知：C01"}


def test_a_weight_stands_in_for_cases():
    headings = ["单号", "车牌", "品级", "重量（斤）", "每箱重量（斤）"]
    table = Sheet(headings, [["D1", "鲁X00001", "80#", "120", "10"]], "utf-8")

    (pickup,) = parse(table, {}).pickups

    assert pickup.body["lines"][0]["cases"] == 12


def test_a_missing_column_is_named():
    with pytest.raises(SheetError, match="车牌"):
        parse(Sheet(["单号", "品级"], [["D1", "80#"]], "utf-8"), {})


def test_the_place_of_a_row_does_not_make_it_another_fact():
    first = parse(sheet(GOOD), {}).pickups[0].body["fact_id"]
    later = parse(sheet(["D9", *GOOD[1:]], GOOD), {}).pickups[1].body["fact_id"]

    assert first == later


@example([["=1+1"] * 7], "")
@given(
    st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=5),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", ""]),
)
def test_what_is_written_is_read_again(rows, encoding):
    with TemporaryDirectory() as folder:
        path = Path(folder) / ("a.csv" if encoding else "a.xlsx")
        given_sheet = Sheet(HEADINGS, rows, encoding)

        write_rejects(path, given_sheet, [(row, "原因") for row in rows])
        found = read_sheet(path)

    assert found.headings == [*HEADINGS, "原因"]
    assert [row[:7] for row in found.rows] == rows
