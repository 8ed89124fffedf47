"""Erases what was asked for and what is kept no longer, then says that it is done.

Every step may be repeated: what a power cut left undone the next run finishes.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.application import GreenChannel
from domain.commands import ErasePassPersons, MarkDocumentErased, MarkPersonErased
from domain.values import Reporter, Role
from infra.documents import Documents
from infra.vault import Keyring
from projections.dossiers import RETAINED, asked_for, is_over, over
from projections.model import Moment

NODE = Reporter("node", roles=frozenset({Role.ADMIN}))


class Run(NamedTuple):
    """What one retention run did."""

    applications: int
    persons: int
    documents: int
    swept: int


class Eraser:
    def __init__(
        self,
        application: GreenChannel,
        keyring: Keyring,
        documents: Documents,
        views: Mapping[str, Any],
    ) -> None:
        self._application, self._keyring = application, keyring
        self._documents, self._views = documents, views

    def erase(
        self, pass_id: str, subjects: Iterable[str], documents: Iterable[str]
    ) -> int:
        """Keys first, then that they are gone, then the files; counts the persons.

        Persons go also while the store of documents is away; those follow within the
        hour. Only where something is kept can it be said that it is gone: what this
        node never knew stays asked for, and whoever holds it finishes that.
        """
        held = [subject for subject in subjects if self._keyring.holds(subject)]
        self._keyring.erase(held)
        for subject in held:
            self._application.handle(MarkPersonErased(by=NODE, subject=subject))
        hashes = [name for name in documents if self._documents.holds(name)]
        self._documents.forget(hashes)
        for name in hashes:
            passes = tuple(dict.fromkeys((*self._naming(name), pass_id)))
            command = MarkDocumentErased(by=NODE, hash=name, passes=passes)
            self._application.handle(command)
        self._documents.erase(hashes)
        return len(held)

    def retain(self, now: datetime, keep: timedelta) -> Run:
        """Erase everybody whose pass was over so long ago, and sweep documents.

        The views have come as far as the log; who calls has seen to that.
        """
        self._finish()
        applications, persons, gone = 0, 0, set[str]()
        for pass_id, row in list(over(self._views["dossiers"], now, keep)):
            command = ErasePassPersons(by=NODE, pass_id=pass_id, reason=RETAINED)
            self._application.handle(command)
            free = [d for d in row.documents if self._is_free(d, now, keep)]
            papers = [d for d in free if d not in gone]
            erased = self.erase(pass_id, row.persons, papers)
            applications += bool(erased or papers)
            persons += erased
            gone.update(papers)
        swept = self._documents.sweep(lambda name: bool(self._naming(name)), now)
        return Run(applications, persons, len(gone), len(swept))

    def _finish(self) -> None:
        """What was asked for, and a power cut or another node left undone."""
        for pass_id, row in list(asked_for(self._views["dossiers"])):
            self.erase(pass_id, row.persons.keys() & set(row.asked), row.owed)

    def _naming(self, name: str) -> tuple[str, ...]:
        row = self._views["papers"].row(name, Moment())
        return row.passes if row else ()

    def _is_free(self, name: str, now: datetime, keep: timedelta) -> bool:
        """Whether no application names it that is still needed: a renewal may."""
        rows = (self._views["dossiers"].row(p, Moment()) for p in self._naming(name))
        return all(is_over(row, now, keep) for row in rows)
