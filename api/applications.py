"""Applications name persons: their texts are sealed here and go no further open.

A refused application makes no keys: it is judged first, with blanks in their place.
"""

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api import same_persons
from api.named_documents import find_documents
from api.services import Services
from domain.application import Request
from domain.clerk import is_id_number
from domain.commands import Command, RequestPass
from domain.errors import IdNumberError
from domain.papers import DocumentKind, LicenceClass, OwnerKind, Part, SealedPerson
from domain.values import Digest, Name

BLANK = SealedPerson("0" * 32, b"")
Phone = Annotated[str, Meta(max_length=30, pattern=r"^[0-9+() -]*$")]
IdNumber = Annotated[str, Meta(max_length=40)]


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sealed of a person, as the applicant sends it."""

    name: Name
    phone: Phone = ""
    id_number: IdNumber = ""


class Driver(Person, frozen=True, forbid_unknown_fields=True):
    licence_class: LicenceClass = ""


class NamedDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document that was uploaded before, by the hash that the upload answered."""

    kind: DocumentKind
    hash: Digest


NAMED_DOCUMENTS: Mapping[str, Any] = MappingProxyType(
    {"documents": Annotated[tuple[NamedDocument, ...], Meta(max_length=20)]}
)
OPEN_FIELDS: Mapping[str, Any] = MappingProxyType(
    {
        "driver": Driver | None,
        "crew": Annotated[tuple[Person, ...], Meta(max_length=20)],
        **NAMED_DOCUMENTS,
    }
)
SERVER_MADE = ("owner_person", "licence_class")


async def complete(
    services: Services,
    kind: type[Command],
    values: Mapping[str, Any],
    request: Request | None,
) -> Command:
    """The command, its documents found and its persons sealed.

    Raises what deciding it would raise.
    """
    find = asyncio.to_thread(find_documents, services, values)
    whole = dict(values) | {"documents": await find}
    if kind is not RequestPass:
        return kind(**whole)
    return await _sealed(services, whole, request)


async def _sealed(
    services: Services, values: Mapping[str, Any], request: Request | None
) -> RequestPass:
    told = _told(values)
    parts = [part for part, _ in told]
    kept, licence_class = same_persons.earlier(services, values, parts)
    parts += [part for part, _ in kept]
    plain = {name: value for name, value in values.items() if name != "owner"}
    plain |= {"owner": "", "licence_class": _licence(values) or licence_class}
    if values["owner_kind"] != OwnerKind.PERSON:
        plain["owner"] = values["owner"]
    blank = RequestPass(**plain | _placed(parts, [BLANK] * len(parts)))
    is_new = services.application.would_decide(blank, request)
    if not (parts and is_new):
        return blank
    texts = [(part, msgspec.json.encode(person)) for part, person in told]
    texts += await asyncio.to_thread(same_persons.opened_again, services, kept)
    sealed = await asyncio.to_thread(services.persons.seal, texts)
    return RequestPass(**plain | _placed(parts, sealed))


def _told(values: Mapping[str, Any]) -> list[tuple[Part, Person]]:
    """Everybody named, their ID numbers judged while they can still be read."""
    told: list[tuple[Part, Person]] = []
    if driver := values["driver"]:
        only = Person(driver.name, driver.phone, driver.id_number)
        told.append((Part.DRIVER, _checked(only, "driver")))
    for number, person in enumerate(values["crew"]):
        told.append((Part.CREW, _checked(person, f"crew[{number}]")))
    if values["owner_kind"] == OwnerKind.PERSON and values["owner"]:
        told.append((Part.OWNER, Person(values["owner"])))
    return told


def _checked(person: Person, where: str) -> Person:
    """With its ID number as the card prints it; an error never repeats the number."""
    plain = unicodedata.normalize("NFKC", person.id_number)
    number = "".join(plain.split()).upper()
    if number and not is_id_number(number):
        msg = f"The ID number of {where} is mistyped: its check character differs"
        raise IdNumberError(msg, field=f"{where}.id_number")
    return msgspec.structs.replace(person, id_number=number)


def _licence(values: Mapping[str, Any]) -> str:
    driver: Driver | None = values["driver"]
    return driver.licence_class if driver else ""


def _placed(parts: Sequence[Part], sealed: Sequence[SealedPerson]) -> dict[str, Any]:
    """The sealed persons under the command's fields."""
    by_part: dict[Part, list[SealedPerson]] = {part: [] for part in Part}
    for part, person in zip(parts, sealed, strict=True):
        by_part[part].append(person)
    return {
        "driver": next(iter(by_part[Part.DRIVER]), None),
        "crew": tuple(by_part[Part.CREW]),
        "owner_person": next(iter(by_part[Part.OWNER]), None),
    }
