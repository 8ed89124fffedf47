"""Workbooks; a module of its own, for its library loads slowly."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from cli.sheets.cells import Cell


def read_book(path: Path) -> list[list[Cell]]:
    """The first sheet. Raises whatever openpyxl does where it is none."""
    book = load_workbook(path, read_only=True, data_only=True)
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return rows  # type: ignore[return-value]


def write_book(path: Path, table: Sequence[Sequence[Cell]]) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for line in table:
        page.append([_as_told(page, cell) for cell in line])
    book.save(path)


def _as_told(page: Any, cell: Cell) -> Any:
    """What was text stays text: nothing that people write is a formula."""
    told = WriteOnlyCell(page, value=cell)
    if isinstance(cell, str):
        told.data_type = "s"
    return told
