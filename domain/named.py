"""Who an application names, with which part, and which papers show whom."""

from collections.abc import Iterable, Iterator

from domain import events as e
from domain.papers import Document, DocumentKind, Part, SealedPerson

SHOWS: dict[DocumentKind, frozenset[Part]] = {
    DocumentKind.APPLICATION_FORM: frozenset(Part),
    DocumentKind.DRIVING_LICENCE: frozenset({Part.DRIVER}),
    DocumentKind.VEHICLE_LICENCE: frozenset({Part.OWNER}),
    DocumentKind.CREW_ID: frozenset({Part.CREW}),
    DocumentKind.OTHER: frozenset(Part),
}
"""Whose data a document shows: it is erased with any of them."""


def named(request: e.PassRequested | None) -> Iterator[tuple[Part, SealedPerson]]:
    """Everybody whom the application names, with the part that they play."""
    if request is None:
        return
    if request.driver:
        yield Part.DRIVER, request.driver
    for person in request.crew:
        yield Part.CREW, person
    if request.owner_person:
        yield Part.OWNER, request.owner_person


def naming(request: e.PassRequested, pass_id: str) -> list[e.DomainEvent]:
    """What goes into the batch of the application: each person's own stream begins."""
    return [
        e.PersonNamed(
            originator_id=f"person:{person.subject}", pass_id=pass_id, part=part
        )
        for part, person in named(request)
    ]


def showing(documents: Iterable[Document], part: Part) -> list[str]:
    """The documents that show one who plays this part, by their hash."""
    return [document.hash for document in documents if part in SHOWS[document.kind]]
