"""A document that applications name: who looked at it, and that it was erased."""

from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision
from domain.errors import NotFoundError
from domain.passes import Load, known
from domain.person import check_reader


class Paper(msgspec.Struct, frozen=True):
    """`erased_from` are the applications that know of its erasure."""

    erased_from: frozenset[str] = frozenset()


def decide(
    paper: Paper | None, command: c.MarkDocumentErased, now: datetime
) -> Decision:
    _ = now
    told = paper.erased_from if paper else frozenset()
    if told.issuperset(command.passes):
        return []
    return [e.DocumentErased(passes=command.passes)]


def decide_reveal(load: Load, command: c.RevealDocument, now: datetime) -> Decision:
    """Whoever may read the application's persons may look at its documents."""
    _ = now
    a_pass = known(load(f"pass:{command.pass_id}"), command)
    check_reader(a_pass, command.pass_id, command.by)
    if command.hash not in {document.hash for document in a_pass.documents}:
        raise NotFoundError("document", command.hash)
    return [e.DocumentRevealed(pass_id=command.pass_id, purpose=command.purpose)]


def evolve(paper: Paper | None, event: e.DocumentEvent) -> Paper:
    paper = paper or Paper()
    match event:
        case e.DocumentRevealed():
            return paper
        case e.DocumentErased():
            return replace(paper, erased_from=paper.erased_from.union(event.passes))
        case _:
            assert_never(event)


AGGREGATE = Aggregate(evolve, decide)
