"""What phone trackers send: OsmAnd's query, and Traccar Client in all generations.

The unit of the speed follows the shape: knots in the query, the form and the flat
array; metres per second in the nested JSON of version 9. Formats: Traccar's
OsmAndProtocolDecoder and the client's own templates.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from api import bodies
from api.problems import Problem
from projections.tracking.fix import Fix

KNOT_KMH = 1.852
METRE_PER_SECOND_KMH = 3.6
MILLISECONDS = 2**31
MOST_FIXES = 1000
LONGEST_ID = 64
_anything: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


def from_fields(fields: Mapping[str, Any]) -> Fix:
    """The query, the form, or one item of the flat array."""
    lat, lon = fields.get("lat"), fields.get("lon")
    if "location" in fields:
        lat, _, lon = _text(fields["location"]).partition(",")
    return Fix(
        device=_device(fields.get("id") or fields.get("deviceid")),
        time=_time(fields.get("timestamp")),
        lon=_number(lon, "lon"),
        lat=_number(lat, "lat"),
        speed_kmh=_known(fields.get("speed"), KNOT_KMH),
        heading=_known(fields.get("bearing", fields.get("heading"))),
        accuracy_m=_known(fields.get("accuracy")),
    )


def from_json(raw: bytes) -> list[Fix]:
    """Version 9's nested object, or since version 10 a flat array of items."""
    body = bodies.decode(_anything, raw)
    items = body if isinstance(body, list) else [body]
    if len(items) > MOST_FIXES:
        detail = f"At most {MOST_FIXES} positions travel in one request"
        raise Problem(422, "too-many-items", detail, items=len(items))
    return [_from_item(item) for item in items]


def _from_item(item: Any) -> Fix:
    if not isinstance(item, dict):
        raise _unreadable("position", "an object")
    location = item.get("location")
    if not isinstance(location, dict):
        return from_fields(item)
    coords = location.get("coords")
    if not isinstance(coords, dict):
        raise _unreadable("location.coords", "an object")
    return Fix(
        device=_device(item.get("device_id")),
        time=_time(location.get("timestamp")),
        lon=_number(coords.get("longitude"), "longitude"),
        lat=_number(coords.get("latitude"), "latitude"),
        speed_kmh=_known(coords.get("speed"), METRE_PER_SECOND_KMH),
        heading=_known(coords.get("heading")),
        accuracy_m=_known(coords.get("accuracy")),
    )


def _device(value: Any) -> str:
    text = _text(value)
    if not 0 < len(text) <= LONGEST_ID or not text.isprintable():
        raise _unreadable("id", f"a device's id of at most {LONGEST_ID} characters")
    return text


def _text(value: Any) -> str:
    return str(value or "").strip() if isinstance(value, str | int | float) else ""


def _time(value: Any) -> datetime:
    """Seconds or milliseconds of 1970, or ISO 8601; without an offset it is UTC."""
    text = _text(value)
    try:
        seconds = float(text)
    except ValueError:
        return _iso(text)
    if seconds >= MILLISECONDS:
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        raise _unreadable("timestamp", "a time") from None


def _iso(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _unreadable("timestamp", "a time") from None


def _number(value: Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise _unreadable(name, "a number") from None
    if number - number != 0:
        raise _unreadable(name, "a number")
    return number


def _known(value: Any, factor: float = 1.0) -> float:
    """-1 where the phone does not know; what cannot be read is not known."""
    try:
        number = _number(value, "")
    except Problem:
        return -1.0
    return number * factor if number >= 0 else -1.0


def _unreadable(name: str, wanted: str) -> Problem:
    return Problem(422, "invalid-position", f"{name} must be {wanted}")
