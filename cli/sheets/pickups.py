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


class Row(NamedTuple):
    """One readable row; `number` is its place among the sheet's rows."""

    number: int
    document_no: str
    header: dict[str, Any]
    code: str
    cases: int
    case_mass_kg: float
    unit_price_cny: float
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
        if row.document_no in bad:
            rejects[row.number] = "同一单号有其他行有误"
        else:
            by_document.setdefault(row.document_no, []).append(row)
    return Parsed([_pickup(found) for found in by_document.values()], rejects)


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
    cases, case_mass = _amount(cell, unit)
    return Row(
        number=number,
        document_no=text_of(cell("document_no")),
        header=_header(cell),
        code=text_of(cell("code")),
        cases=cases,
        case_mass_kg=case_mass,
        unit_price_cny=price_of(cell("unit_price")),
        stop=communities.get(stop, stop),
    )


def _amount(cell: Any, unit: Any) -> tuple[int, float]:
    """Cases and the mass of one, from whichever two of three columns are there."""
    case_mass = kilograms_of(cell("case_mass"), unit("case_mass") or "kg") or 0
    mass = kilograms_of(cell("mass"), unit("mass"))
    cases = count_of(cell("cases"), "箱数")
    if cases is None:
        if not (mass and case_mass):
            msg = "没有箱数；或写重量和每箱重量"
            raise CellError(msg)
        cases = round(mass / case_mass)
    elif mass and cases and not case_mass:
        case_mass = round(mass / cases, 3)
    return cases, case_mass


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
    return {name: value for name, value in found.items() if value not in {None, ""}}


def _pickup(rows: list[Row]) -> Pickup:
    lines: dict[str, dict[str, Any]] = {}
    stops: dict[str, dict[str, int]] = {}
    for row in rows:
        line = lines.setdefault(
            row.code,
            {
                "code": row.code,
                "cases": 0,
                "case_mass_kg": row.case_mass_kg,
                "unit_price_cny": row.unit_price_cny,
            },
        )
        line["cases"] += row.cases
        if row.stop:
            planned = stops.setdefault(row.stop, {})
            planned[row.code] = planned.get(row.code, 0) + row.cases
    body = {
        **rows[0].header,
        "document_no": rows[0].document_no,
        "fact_id": _fact_id(rows),
        "lines": list(lines.values()),
        "stops": [{"place": place, "planned": goods} for place, goods in stops.items()],
    }
    return Pickup([row.number for row in rows], body)


def _fact_id(rows: list[Row]) -> str:
    """The same rows, wherever they stand, are the same fact."""
    said = repr([row._replace(number=0) for row in rows])
    return sha256(said.encode()).hexdigest()[:32]
