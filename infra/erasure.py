"""Erases what was asked for and what is kept no longer, then says that it is done.

Every step may be repeated: what a power cut left undone the next run finishes.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.application import GreenChannel
from domain.commands import ErasePassPersons, MarkDocumentErased, MarkPersonErased
from domain.values import Reporter, Role
from infra.documents import Documents
from infra.vault import Keyring
from projections.dossiers import is_over, over
from projections.model import Moment

NODE = Reporter("node", roles=frozenset({Role.ADMIN}))
RETAINED = "retention"


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
        self, pass_id: str, subjects: Collection[str], documents: Iterable[str]
    ) -> None:
        """Keys and files first; a copy that is left somewhere is noise from then on."""
        hashes = list(documents)
        self._keyring.erase(subjects)
        self._documents.erase(hashes)
        for subject in subjects:
            self._application.handle(MarkPersonErased(by=NODE, subject=subject))
        for name in hashes:
            passes = tuple(dict.fromkeys((*self._naming(name), pass_id)))
            command = MarkDocumentErased(by=NODE, hash=name, passes=passes)
            self._application.handle(command)

    def retain(self, now: datetime, keep: timedelta) -> Run:
        """Erase everybody whose pass was over so long ago, and sweep documents.

        The views have come as far as the log; who calls has seen to that.
        """
        applications, persons, gone = 0, 0, set[str]()
        for pass_id, row in list(over(self._views["dossiers"], now, keep)):
            command = ErasePassPersons(by=NODE, pass_id=pass_id, reason=RETAINED)
            self._application.handle(command)
            free = [d for d in row.documents if self._is_free(d, now, keep)]
            papers = [d for d in free if d not in gone]
            self.erase(pass_id, list(row.persons), papers)
            applications += bool(row.persons or papers)
            persons += len(row.persons)
            gone.update(papers)
        swept = self._documents.sweep(lambda name: bool(self._naming(name)), now)
        return Run(applications, persons, len(gone), len(swept))

    def _naming(self, name: str) -> tuple[str, ...]:
        row = self._views["papers"].row(name, Moment())
        return row.passes if row else ()

    def _is_free(self, name: str, now: datetime, keep: timedelta) -> bool:
        """Whether no application names it that is still needed: a renewal may."""
        rows = (self._views["dossiers"].row(p, Moment()) for p in self._naming(name))
        return all(is_over(row, now, keep) for row in rows)
