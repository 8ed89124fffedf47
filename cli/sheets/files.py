"""Files in and out: .xlsx, and CSV in UTF-8 (with or without BOM) or GB18030."""

import codecs
import csv
import io
from pathlib import Path
from typing import NamedTuple

from cli.sheets.cells import Cell, text_of

REASON = "原因"
MAX_ROWS = 100_000


class SheetError(ValueError):
    """The file as a whole cannot be read."""


class Sheet(NamedTuple):
    """`encoding` is empty for a workbook."""

    headings: list[str]
    rows: list[list[Cell]]
    encoding: str


def read_sheet(path: Path) -> Sheet:
    """Raises SheetError for what is no sheet, or is longer than MAX_ROWS."""
    is_book = path.suffix.lower() == ".xlsx"
    rows, encoding = _read_book(path) if is_book else _read_csv(path)
    rows = [row for row in rows if any(text_of(cell) for cell in row)]
    if len(rows) < 1:
        msg = "文件是空的"
        raise SheetError(msg)
    if len(rows) > MAX_ROWS:
        msg = f"最多 {MAX_ROWS} 行"
        raise SheetError(msg)
    return Sheet([_as_written(cell) for cell in rows[0]], rows[1:], encoding)


def write_rejects(
    path: Path, sheet: Sheet, rejects: list[tuple[list[Cell], str]]
) -> None:
    """The rejected rows in the same format and encoding, with why at the end."""
    headings = [name for name in sheet.headings if name != REASON]
    table: list[list[Cell]] = [[*headings, REASON]]
    for row, reason in rejects:
        padded = [*row, *[None] * len(headings)][: len(headings)]
        table.append([*padded, reason])
    if not sheet.encoding:
        from cli.sheets.books import write_book  # noqa: PLC0415 -- slow to load

        write_book(path, table)
        return
    text = io.StringIO()
    csv.writer(text).writerows([[_as_written(cell) for cell in row] for row in table])
    path.write_bytes(text.getvalue().encode(sheet.encoding))


def _as_written(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _read_book(path: Path) -> tuple[list[list[Cell]], str]:
    from cli.sheets.books import read_book  # noqa: PLC0415 -- slow to load

    try:
        return read_book(path), ""
    except Exception as error:
        msg = f"不是 Excel 文件：{error}"
        raise SheetError(msg) from error


def _read_csv(path: Path) -> tuple[list[list[Cell]], str]:
    raw = path.read_bytes()
    encoding = _encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        msg = "编码既不是 UTF-8 也不是 GB18030"
        raise SheetError(msg) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [list(row) for row in reader], encoding
    except csv.Error as error:
        msg = f"不是 CSV：{error}"
        raise SheetError(msg) from error


def _encoding(raw: bytes) -> str:
    if raw.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"
