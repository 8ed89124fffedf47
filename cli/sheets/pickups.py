"""Rows of a sheet into bodies of POST /v1/pickups: one per document number."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from cli.sheets.cells import (
    Cell,
    CellError,
    colour_of,
    count_of,
    kilograms_of,
    price_of,
    text_of,
    time_of,
)
from cli.sheets.files import Sheet, SheetError
from cli.sheets.headings import HEADINGS, REQUIRED, field_of

WHOLE = 0.1
"""How far from a whole number of cases a weight may be, in cases."""


class Row(NamedTuple):
    """One readable row; `number` is its place among the sheet's rows.

    What an empty cell does not say is missing in `header` and `goods`.
    """

    number: int
    document_no: str
    header: dict[str, Any]
    code: str
    cases: int
    mass_kg: float
    goods: dict[str, float]
    stop: str


class Pickup(NamedTuple):
    rows: list[int]
    body: dict[str, Any]


class Parsed(NamedTuple):
    """`rejects` by number of the row: why, in words for whoever filled it."""

    pickups: list[Pickup]
    rejects: dict[int, str]


def parse(sheet: Sheet, communities: dict[str, str]) -> Parsed:
    """`communities` maps names and codes to codes; empty: any stop is taken.

    Raises SheetError where a column that is needed is missing. A document with one
    bad row is rejected whole, so that it can be mended and sent as one.
    """
    columns = _columns(sheet.headings)
    rejects: dict[int, str] = {}
    rows: list[Row] = []
    for number, cells in enumerate(sheet.rows):
        try:
            rows.append(_row(number, cells, columns, communities))
        except CellError as error:
            rejects[number] = str(error)
    bad = {_document(sheet.rows[number], columns) for number in rejects} - {""}
    by_document: dict[str, list[Row]] = {}
    for row in rows:
        by_document.setdefault(row.document_no, []).append(row)
    pickups = []
    for document, found in by_document.items():
        reason = "同一单号有其他行有误" if document in bad else _conflict(found)
        if reason:
            rejects |= {row.number: reason for row in found}
        else:
            pickups.append(_pickup(found))
    return Parsed(pickups, rejects)


def _columns(headings: Collection[str]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for place, heading in enumerate(headings):
        field, unit = field_of(heading)
        if field:
            found.setdefault(field, (place, unit))
    missing = [HEADINGS[name][0] for name in REQUIRED if name not in found]
    if missing:
        msg = f"缺少列：{'、'.join(missing)}"
        raise SheetError(msg)
    return found


def _document(cells: list[Cell], columns: dict[str, tuple[int, str]]) -> str:
    place = columns["document_no"][0]
    return text_of(cells[place]) if place < len(cells) else ""


def _row(
    number: int,
    cells: list[Cell],
    columns: dict[str, tuple[int, str]],
    communities: dict[str, str],
) -> Row:
    def cell(name: str) -> Cell:
        place = columns.get(name, (len(cells), ""))[0]
        return cells[place] if place < len(cells) else None

    def unit(name: str) -> str:
        return columns.get(name, (0, ""))[1]

    for name in REQUIRED:
        if not text_of(cell(name)):
            msg = f"{HEADINGS[name][0]}是空的"
            raise CellError(msg)
    stop = text_of(cell("stop"))
    if stop and communities and stop not in communities:
        msg = f"小区名未知：{stop}"
        raise CellError(msg)
    cases, mass, case_mass = _amount(cell, unit)
    said = {"case_mass": case_mass, "unit_price": price_of(cell("unit_price"))}
    return Row(
        number=number,
        document_no=text_of(cell("document_no")),
        header=_header(cell),
        code=text_of(cell("code")),
        cases=cases,
        mass_kg=mass,
        goods={name: value for name, value in said.items() if value},
        stop=communities.get(stop, stop),
    )


def _amount(cell: Any, unit: Any) -> tuple[int, float, float]:
    """Cases, their mass and the mass of one, from any two of three columns.

    Raises CellError where three contradict each other, or two make no whole cases.
    """
    case_mass = kilograms_of(cell("case_mass"), unit("case_mass") or "kg") or 0
    mass = kilograms_of(cell("mass"), unit("mass")) or 0
    cases = count_of(cell("cases"), "箱数")
    if cases is None:
        if not (mass and case_mass):
            msg = "没有箱数；或写重量和每箱重量"
            raise CellError(msg)
        cases = round(mass / case_mass)
        allowed = WHOLE * case_mass
    else:
        allowed = case_mass / 2
    if mass and case_mass and abs(cases * case_mass - mass) > allowed:
        msg = f"重量与箱数、每箱重量不符：{mass:g} kg、{cases} × {case_mass:g} kg"
        raise CellError(msg)
    return cases, mass or cases * case_mass, case_mass


def _header(cell: Any) -> dict[str, Any]:
    """What belongs to the whole document."""
    time: datetime | None = time_of(cell("event_time"))
    found = {
        "organisation": text_of(cell("organisation")),
        "plate": text_of(cell("plate")),
        "plate_kind": colour_of(cell("plate_kind")),
        "trailer": text_of(cell("trailer")),
        "event_time": time.isoformat() if time else None,
        "crew_count": count_of(cell("crew_count"), "随车人数"),
        "lane": text_of(cell("lane")),
    }
    unsaid = {None, "", "unknown"}
    return {name: value for name, value in found.items() if value not in unsaid}


def _conflict(rows: list[Row]) -> str:
    """What the rows of one document contradict each other in, or nothing."""
    said: dict[str, Any] = {}
    for row in rows:
        of_goods = {(name, row.code): value for name, value in row.goods.items()}
        of_document = {(name, ""): value for name, value in row.header.items()}
        for (name, code), value in (of_document | of_goods).items():
            if said.setdefault(f"{name} {code}", value) != value:
                other = said[f"{name} {code}"]
                what = f"{code}{HEADINGS[name][0]}"
                return f"同一单号的{what}不一致：{other}、{value}"
    return ""


def _pickup(rows: list[Row]) -> Pickup:
    header: dict[str, Any] = {}
    by_code: dict[str, list[Row]] = {}
    stops: dict[str, dict[str, int]] = {}
    for row in rows:
        header |= row.header
        by_code.setdefault(row.code, []).append(row)
        if row.stop:
            planned = stops.setdefault(row.stop, {})
            planned[row.code] = planned.get(row.code, 0) + row.cases
    body = {
        **header,
        "document_no": rows[0].document_no,
        "fact_id": _fact_id(rows),
        "lines": [_line(code, found) for code, found in by_code.items()],
        "stops": [{"place": place, "planned": goods} for place, goods in stops.items()],
    }
    return Pickup([row.number for row in rows], body)


def _line(code: str, rows: list[Row]) -> dict[str, Any]:
    """Without a written mass of one case: what all weigh, by their number."""
    cases = sum(row.cases for row in rows)
    weighed = sum(row.mass_kg for row in rows)
    goods = {name: value for row in rows for name, value in row.goods.items()}
    return {
        "code": code,
        "cases": cases,
        "case_mass_kg": goods.get("case_mass", round(weighed / (cases or 1), 3)),
        "unit_price_cny": goods.get("unit_price", 0.0),
    }


def _fact_id(rows: list[Row]) -> str:
    """The same rows, wherever they stand, are the same fact."""
    said = repr([row._replace(number=0) for row in rows])
    return sha256(said.encode()).hexdigest()[:32]
