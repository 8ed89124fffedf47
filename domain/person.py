"""A person whom an application names: known here by a random subject alone.

Their texts are sealed. What can be asked of them: to be read, which is recorded
first, and to be erased, which is asked for, done, and then said.
"""

from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, found
from domain.errors import ForbiddenError, NotFoundError
from domain.named import named
from domain.papers import Part
from domain.passes import Load, Pass, known
from domain.values import Reporter, Role


class Person(msgspec.Struct, frozen=True):
    pass_id: str
    part: Part = Part.DRIVER
    is_erasing: bool = False
    is_erased: bool = False


def decide(person: Person | None, command: c.PersonCommand, now: datetime) -> Decision:
    _ = now
    person = found(person, "person", command.subject)
    match command:
        case c.ErasePerson():
            return _erasure(person, command.stream, command.reason)
        case c.MarkPersonErased():
            if person.is_erased:
                return []
            return [e.PersonErased(pass_id=person.pass_id)]
        case _:
            assert_never(command)


def decide_reveal(load: Load, command: c.RevealPersons, now: datetime) -> Decision:
    """One event for each person who can still be read, on the person's own stream."""
    _ = now
    a_pass = known(load(command.stream), command)
    check_reader(a_pass, command.pass_id, command.by)
    return [
        e.PersonRevealed(
            originator_id=stream,
            pass_id=command.pass_id,
            part=part,
            purpose=command.purpose,
        )
        for part, person in named(a_pass.request)
        if not _is_erased(load(stream := f"person:{person.subject}"))
    ]


def decide_erasure(load: Load, command: c.ErasePassPersons, now: datetime) -> Decision:
    _ = now
    a_pass = known(load(command.stream), command)
    decided: list[e.DomainEvent] = []
    for _part, person in named(a_pass.request):
        stream = f"person:{person.subject}"
        decided += _erasure(load(stream), stream, command.reason)
    return decided


def check_reader(a_pass: Pass, pass_id: str, by: Reporter) -> None:
    """The issuer's reviewers may read, administrators, and the firm itself.

    To another issuer's reviewer the application is not there; other staff know of it
    and have no business with its persons.
    """
    is_own = Role.FIRM in by.roles and by.organisation == a_pass.organisation
    if is_own or by.reviews_for(a_pass.issuer):
        return
    if Role.REVIEWER in by.roles:
        raise NotFoundError("pass", pass_id)
    msg = "Who is named in an application is for its issuer and its firm"
    raise ForbiddenError(msg)


def evolve(person: Person | None, event: e.PersonEvent) -> Person:
    match event:
        case e.PersonNamed():
            return Person(event.pass_id, event.part)
        case e.PersonRevealed():
            return person or Person(event.pass_id, event.part)
        case e.ErasureRequested():
            return replace(person or Person(event.pass_id), is_erasing=True)
        case e.PersonErased():
            return replace(person or Person(event.pass_id), is_erased=True)
        case _:
            assert_never(event)


def _erasure(person: Person | None, stream: str, reason: str) -> Decision:
    """Asked for once; asked again it is known already."""
    if person is None or person.is_erasing:
        return []
    asked = e.ErasureRequested(
        originator_id=stream, pass_id=person.pass_id, reason=reason
    )
    return [asked]


def _is_erased(person: Person | None) -> bool:
    return person is not None and person.is_erased


AGGREGATE = Aggregate(evolve, decide)
