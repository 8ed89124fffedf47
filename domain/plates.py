"""Number plates as people write them, and as the register does (GA 36).

Seven characters, or eight for new-energy vehicles; the serial has no I and no O.
"""

import re
import unicodedata
from typing import NamedTuple

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER = "A-HJ-NP-Z"
_SHAPES = re.compile(
    rf"[{PROVINCES}][{_LETTER}]"
    rf"(?:[{_LETTER}0-9]{{4}}[{_LETTER}0-9挂学警港澳领]"
    rf"|[A-HJK][{_LETTER}0-9][0-9]{{4}}|[0-9]{{5}}[A-HJK])"
)
_NOISE = re.compile(r"[\s.·•・‧∙\-_]+")


class Plate(NamedTuple):
    text: str
    is_known_shape: bool


def normalise_plate(text: str) -> Plate:
    """Full width, lower case, blanks and dots removed; shape judged, never refused."""
    plain = _plain(text)
    while (again := _plain(plain)) != plain:
        plain = again
    return Plate(plain, _SHAPES.fullmatch(plain) is not None)


def _plain(text: str) -> str:
    """One pass; what it removes can let characters combine, hence the loop above."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()
