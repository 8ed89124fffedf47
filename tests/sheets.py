"""Spreadsheets of pickups as LibreOffice and Excel would save them; some rows bad."""

import csv
import io
import random
from datetime import datetime, timedelta

from openpyxl import Workbook

HEADINGS = [
    "单号",
    "企业",
    "车牌",
    "车牌颜色",
    "装车时间",
    "品级",
    "箱数",
    "每箱重量（斤）",
    "单价",
    "小区",
]
BAD = 10
"""Documents with one bad cell each."""


def rows(documents, communities, seed=1):
    """`documents` pickups of two lines each; the last BAD have a fault."""
    dice = random.Random(seed)
    start = datetime(2020, 2, 16, 5, 0)
    for number in range(documents):
        time = start + timedelta(seconds=5 * number)
        plate = f"鲁 X·{number % 90000 + 10000:05d}"
        written = (
            f"{time:%Y年%-m月%-d日 %H:%M}" if number % 2 else f"{time:%Y/%m/%d %H:%M}"
        )
        for grade, price in (("80#", "45"), ("75#", "40元")):
            row = [f"D{number:05d}", "guolanzi", plate, "蓝牌", written, grade]
            row += [dice.randint(1, 60), "10", price, dice.choice(communities)]
            if number >= documents - BAD and grade == "80#":
                spoil(row, number)
            yield row


def spoil(row, number):
    place, cell = (
        (4, "昨天下午"),
        (6, "很多"),
        (9, "不存在的小区"),
        (8, "面议"),
        (2, ""),
    )[number % 5]
    row[place] = cell


def as_csv(path, table, encoding="gb18030"):
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([HEADINGS, *table])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def as_book(path, table):
    """Excel's manner: real times and numbers in the cells."""
    book = Workbook()
    sheet = book.active
    sheet.append(HEADINGS)
    for row in table:
        cells = list(row)
        if isinstance(cells[4], str) and cells[4].startswith("2020/"):
            cells[4] = datetime.strptime(cells[4], "%Y/%m/%d %H:%M")
        sheet.append(cells)
    book.save(path)
    return path
