"""The app's icon as pictures, for home screens that read no SVG: iOS, older launchers.

Drawn from the numbers of web/icons/checkpoint.svg, four times as large, then scaled.
"""

import io
from functools import cache

from PIL import Image, ImageDraw

SIZES = (180, 192, 512)
"""iOS, and the two that an installable app needs."""
GREEN, WHITE = "#1f7a3d", "#ffffff"
_UNITS, _FINER = 512, 4
_TICK = ((190, 236), (238, 284), (326, 184))


@cache
def png(size: int) -> bytes:
    """The whole square is filled: launchers cut it to their own shape."""
    scale = size * _FINER / _UNITS
    picture = Image.new("RGB", (size * _FINER, size * _FINER), GREEN)
    draw = ImageDraw.Draw(picture)
    _circle(draw, scale, (256, 232), 147, WHITE)
    _circle(draw, scale, (256, 232), 117, GREEN)
    points = [(x * scale, y * scale) for x, y in _TICK]
    draw.line(points, WHITE, round(38 * scale), joint="curve")
    for end in (_TICK[0], _TICK[-1]):
        _circle(draw, scale, end, 19, WHITE)
    for left in range(64, 448, 108):
        box = [left * scale, 414 * scale, min(left + 72, 448) * scale, 450 * scale]
        draw.rectangle(box, WHITE)
    written = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(written, "PNG")
    return written.getvalue()


def _circle(
    draw: ImageDraw.ImageDraw,
    scale: float,
    centre: tuple[int, int],
    radius: int,
    colour: str,
) -> None:
    x, y = centre
    sides = (x - radius, y - radius, x + radius, y + radius)
    draw.ellipse([side * scale for side in sides], colour)
