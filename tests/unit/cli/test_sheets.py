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
