"""What a column may be called, in Chinese or English; units may stand in it."""

import re
import unicodedata

HEADINGS: dict[str, tuple[str, ...]] = {
    "document_no": ("单号", "运单号", "订单号", "document", "document no", "order"),
    "organisation": (
        "企业",
        "单位",
        "发货单位",
        "organisation",
        "organization",
        "firm",
    ),
    "plate": ("车牌", "车牌号", "车号", "plate", "vehicle"),
    "plate_kind": ("车牌颜色", "牌色", "plate colour", "plate color", "plate kind"),
    "trailer": ("挂车", "挂车号", "trailer"),
    "event_time": ("装车时间", "提货时间", "时间", "pickup time", "time", "loaded at"),
    "code": ("品级", "规格", "货物", "品名", "grade", "goods", "line"),
    "cases": ("箱数", "件数", "箱", "cases", "boxes"),
    "mass": ("重量", "净重", "mass", "weight"),
    "case_mass": ("每箱重量", "箱重", "单箱重量", "case mass", "case weight"),
    "unit_price": ("单价", "价格", "元/箱", "unit price", "price"),
    "stop": ("小区", "送达小区", "站点", "community", "stop"),
    "crew_count": ("随车人数", "人数", "crew"),
    "lane": ("线路", "通道", "lane"),
}
REQUIRED = ("document_no", "plate", "code")
KILOGRAMS = {"kg": 1.0, "公斤": 1.0, "千克": 1.0, "斤": 0.5, "吨": 1000.0, "t": 1000.0}
"""1 斤 = 0.5 kg."""
COLOURS = {
    "蓝": "blue",
    "黄": "yellow",
    "绿": "green",
    "白": "white",
    "黑": "black",
}
_UNIT = re.compile(r"[（(\[]\s*(kg|公斤|千克|斤|吨|t|箱|元)\s*[)）\]]", re.IGNORECASE)
_NAMES = {name: field for field, names in HEADINGS.items() for name in names}


def field_of(heading: str) -> tuple[str | None, str]:
    """The field a heading means, or None, and the unit that it names."""
    plain = unicodedata.normalize("NFKC", heading).strip().lower()
    unit = _UNIT.search(plain)
    bare = _UNIT.sub("", plain).strip()
    return _NAMES.get(bare), unit.group(1) if unit else ""
