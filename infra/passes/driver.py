"""What a pass says of its driver: the surname, and a trace of the ID number."""

import hashlib
import re
from collections.abc import Callable

import msgspec

from domain.events import PassRequested
from domain.papers import Lost, Part, SealedPerson
from infra.passes.claims import NUMBER_BYTES

Reveal = Callable[[SealedPerson, Part], bytes | Lost]
CHECK_BYTES = 2
"""An impostor passes with p = 1.5e-5; a million and a half ID numbers share it."""
_PAIRS = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台"
    "皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于司空令狐"
)
COMPOUND = frozenset(re.findall("..", _PAIRS))
"""Surnames of two characters that are met today."""


class Driver(msgspec.Struct, frozen=True):
    """Masked; both empty where nobody is named, or who was named is erased."""

    name: str = ""
    id_check: bytes = b""


class _Told(msgspec.Struct, frozen=True):
    name: str = ""
    id_number: str = ""


def driver_of(request: PassRequested, number: str, reveal: Reveal) -> Driver:
    """Opened inside the node, for this alone: nothing readable leaves it."""
    text = reveal(request.driver, Part.DRIVER) if request.driver else Lost.ERASED
    if isinstance(text, Lost):
        return Driver()
    told = msgspec.json.decode(text, type=_Told)
    id_number = told.id_number.strip().upper()
    check = id_check(number, id_number) if id_number else b""
    return Driver(masked(told.name), check)


def masked(name: str) -> str:
    """王*, 欧阳*: enough to ask whether it is you."""
    surname = name[:2] if name[:2] in COMPOUND else name[:1]
    return f"{surname}*" if surname else ""


def id_check(number: str, id_number: str) -> bytes:
    salted = int(number).to_bytes(NUMBER_BYTES, "big") + id_number.encode()
    return hashlib.sha256(salted).digest()[:CHECK_BYTES]
