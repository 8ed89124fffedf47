"""QR codes: drawn at level M, which mud and cheap cameras leave readable; and read."""

import io

import segno
import zxingcpp
from PIL import Image, UnidentifiedImageError


def draw(text: str) -> str:
    """An SVG picture as a data: address."""
    code = segno.make(text, error="m", boost_error=False, micro=False)
    return code.svg_data_uri(scale=4, border=4)


def version_of(text: str) -> int:
    version = segno.make(text, error="m", boost_error=False, micro=False).version
    assert isinstance(version, int)
    return version


def read(picture: bytes) -> list[str]:
    """The texts of the QR codes in a picture; raises ValueError where it is none."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            pixels = opened.convert("L")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        msg = "This is no picture"
        raise ValueError(msg) from error
    found = zxingcpp.read_barcodes(
        pixels, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return [code.text for code in found]
