"""Cells as people fill them: times, weights, numbers; each reason is in Chinese."""

import re
import unicodedata
from datetime import datetime, timedelta

from cli.sheets.headings import COLOURS, KILOGRAMS

Cell = str | int | float | datetime | None
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- Excel knows no zones
EXCEL_LAST = 2_958_465
_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:时点](\d{1,2})?分?(?::(\d{1,2}))?)?"
)
_MASS = re.compile(r"(\d+(?:\.\d+)?)\s*(kg|公斤|千克|斤|吨|t)?", re.IGNORECASE)
_COUNT = re.compile(r"(\d+)(?:\.0+)?\s*[箱件]?")


class CellError(ValueError):
    """Why a cell cannot be taken; shown to whoever filled it."""


def text_of(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", str(cell)).strip()


def time_of(cell: Cell) -> datetime | None:
    """A time without a zone, as the sheet has it; None for an empty cell."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, int | float) and 1 <= cell <= EXCEL_LAST:
        return EXCEL_EPOCH + timedelta(seconds=round(cell * 86400))
    text = text_of(cell)
    if not text:
        return None
    found = _TIME.fullmatch(text)
    try:
        parts = [int(part or 0) for part in found.groups()] if found else []
        return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 -- as written
    except (TypeError, ValueError):
        msg = f"时间看不懂：{text}"
        raise CellError(msg) from None


def kilograms_of(cell: Cell, unit: str) -> float | None:
    """A weight; the cell's own unit wins over that of its heading."""
    text = text_of(cell).lower().replace(",", "")
    if not text:
        return None
    found = _MASS.fullmatch(text)
    if not found:
        msg = f"重量看不懂：{text}"
        raise CellError(msg)
    own = found.group(2) or unit
    if own not in KILOGRAMS:
        msg = f"重量没有单位（斤、公斤、吨）：{text}"
        raise CellError(msg)
    return float(found.group(1)) * KILOGRAMS[own]


def count_of(cell: Cell, name: str) -> int | None:
    text = text_of(cell).replace(",", "")
    if not text:
        return None
    found = _COUNT.fullmatch(text)
    if not found:
        msg = f"{name}不是整数：{text}"
        raise CellError(msg)
    return int(found.group(1))


def price_of(cell: Cell) -> float:
    text = text_of(cell).replace(",", "").removesuffix("元").lstrip("¥￥")
    try:
        price = round(float(text or 0), 2)
    except ValueError:
        price = -1
    if not 0 <= price <= 1e9:  # noqa: PLR2004 -- dearer than any case
        msg = f"单价不是金额：{text}"
        raise CellError(msg)
    return price


def colour_of(cell: Cell) -> str:
    text = text_of(cell).lower()
    if not text:
        return "unknown"
    if text in COLOURS.values():
        return text
    if text[0] in COLOURS:
        return COLOURS[text[0]]
    msg = f"车牌颜色看不懂：{text}"
    raise CellError(msg)
