"""Zones of the calendar by their name: Asia/Shanghai."""

from zoneinfo import ZoneInfo

from domain.errors import ZoneUnknownError

COUNTY = ZoneInfo("Asia/Shanghai")


def zone_named(name: str) -> ZoneInfo:
    """Raises ZoneUnknownError; zoneinfo looks for a file, and what it may find varies.

    Asia is a folder, and a name may be no path at all.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        msg = "A zone is named as Asia/Shanghai"
        raise ZoneUnknownError(msg) from None


def zone_or_usual(name: str) -> ZoneInfo:
    """Of a key that was issued before unknown zones were refused."""
    try:
        return zone_named(name)
    except ZoneUnknownError:
        return COUNTY
