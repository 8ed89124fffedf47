"""ID numbers that people type into their own words: those are not sealed, and stay.

A request is sent back, to be said without the number. A report of what happened is
never refused: the number is taken out, and a flag says so. Names nobody can tell.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from api.problems import Problem
from domain.clerk import is_id_number
from domain.commands import Command, Report
from domain.values import Flag, FreeText, Item

LIKE_AN_ID_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])", re.ASCII)
TAKEN_OUT = "******"


def without_id_numbers(
    kind: type[Command], values: Mapping[str, Any]
) -> dict[str, Any]:
    """`values` as they may be kept; a request's raise Problem `id-number-in-text`."""
    plain = {name: _plain(values[name]) for name in _free(kind) if values.get(name)}
    touched = {name: text for name, text in plain.items() if text != values[name]}
    if not touched:
        return dict(values)
    if not issubclass(kind, Report):
        detail = "An ID number does not belong here: this text is not sealed"
        raise Problem(422, "id-number-in-text", detail, field=min(touched))
    flags = (*values.get("flags", ()), Flag.ID_NUMBER_TAKEN_OUT)
    return {**values, **touched, "flags": flags}


def _plain(text: Any) -> Any:
    """The text, or texts, without ID numbers in digits of any width."""
    if isinstance(text, tuple):
        return tuple(map(_plain, text))
    narrow = unicodedata.normalize("NFKC", text)
    found = [n for n in LIKE_AN_ID_NUMBER.findall(narrow) if is_id_number(n.upper())]
    for number in found:
        narrow = narrow.replace(number, TAKEN_OUT)
    return narrow if found else text


@cache
def _free(kind: type[Command]) -> tuple[str, ...]:
    kinds = (FreeText, tuple[Item, ...])
    return tuple(f.name for f in msgspec.structs.fields(kind) if f.type in kinds)
