"""Who an application names, and with which part."""

from collections.abc import Iterator

from domain import events as e
from domain.papers import Part, SealedPerson


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
