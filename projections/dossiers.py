"""What personal data each application still holds, and since when it is over."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.named import SHOWS, named
from domain.papers import DocumentKind, Part
from projections.model import Fold, Moment, View

RETAINED = "retention"
"""The reason of an erasure that nobody asked for."""


class Dossier(msgspec.Struct, frozen=True):
    """`persons` and `documents` are those not yet erased; `asked`, `owed` are to be.

    `end_time` is when the application, or the pass that came of it, ended or ends.
    """

    persons: dict[str, Part] = {}
    asked: tuple[str, ...] = ()
    documents: dict[str, DocumentKind] = {}
    owed: tuple[str, ...] = ()
    valid_until: datetime | None = None
    end_time: datetime | None = None
    is_requested: bool = False


class Dossiers(Fold[Dossier]):
    name = "dossiers"
    row = Dossier

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        if isinstance(event, e.ErasureRequested | e.PersonErased):
            return (event.pass_id,)
        if isinstance(event, e.DocumentErased):
            return event.passes
        kind, _, pass_id = event.originator_id.partition(":")
        return (pass_id,) if kind == "pass" else ()

    def fold(self, row: Dossier | None, event: e.DomainEvent) -> Dossier:
        row = row or Dossier()
        subject = event.originator_id.partition(":")[2]
        match event:
            case e.PassRequested():
                return Dossier(
                    persons={p.subject: part for part, p in named(event)},
                    documents=kinds(event),
                    valid_until=event.valid_until,
                    end_time=event.event_time,
                    is_requested=True,
                )
            case e.PassInformationSupplied():
                documents = row.documents | kinds(event)
                return replace(row, documents=documents, end_time=event.event_time)
            case e.PassApproved() | e.PassReinstated():
                return replace(row, end_time=row.valid_until)
            case e.PassRefused() | e.PassRevoked() | e.PassReplaced() | e.PassRenewed():
                return replace(row, end_time=event.event_time)
            case e.ErasureRequested():
                owed = (*row.owed, *_owed(row, event, row.persons.get(subject)))
                return replace(row, asked=(*row.asked, subject), owed=owed)
            case e.PersonErased():
                left = {s: part for s, part in row.persons.items() if s != subject}
                return replace(row, persons=left)
            case e.DocumentErased():
                kept = {d: kind for d, kind in row.documents.items() if d != subject}
                owed = tuple(d for d in row.owed if d != subject)
                return replace(row, documents=kept, owed=owed)
            case _:
                return row

    def is_closed(self, row: Dossier) -> bool:
        return row.is_requested and not (row.persons or row.documents)


def kinds(
    event: e.PassRequested | e.PassInformationSupplied,
) -> dict[str, DocumentKind]:
    return {document.hash: document.kind for document in event.documents}


def _owed(row: Dossier, event: e.ErasureRequested, part: Part | None) -> Iterator[str]:
    """Documents that go with the person; a retention judges each for itself."""
    if event.reason != RETAINED:
        yield from (d for d, kind in row.documents.items() if part in SHOWS[kind])


def is_over(row: Dossier, now: datetime, keep: timedelta) -> bool:
    return row.end_time is not None and now - row.end_time > keep


def over(view: View, now: datetime, keep: timedelta) -> Iterator[tuple[str, Dossier]]:
    """Applications that hold personal data and were over so long ago."""
    for pass_id, row in view.rows(Moment(), open_only=True):
        if is_over(row, now, keep):
            yield pass_id, row


def asked_for(view: View) -> Iterator[tuple[str, Dossier]]:
    """Applications with persons or documents that are to be erased, and are not yet."""
    for pass_id, row in view.rows(Moment(), open_only=True):
        if row.owed or row.persons.keys() & set(row.asked):
            yield pass_id, row
