"""Erases what was asked for and what is kept no longer, then says that it is done.

Every step may be repeated: what a power cut left undone the next run finishes.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from domain.application import GreenChannel
from domain.commands import ErasePassPersons, MarkDocumentErased, MarkPersonErased
from domain.values import NODE
from infra.documents import Documents
from infra.vault import Keyring
from projections.dossiers import RETAINED, Dossier, asked_for, is_over, over
from projections.model import Moment

T = TypeVar("T")
GIVEN_UP = 5
_log = logging.getLogger(__name__)


class Run(NamedTuple):
    """What one retention run did, and how much of it is left for the next."""

    applications: int
    persons: int
    documents: int
    swept: int
    left: int


class Rounds:
    """Does the same for each, one after the other: what fails keeps no other waiting.

    Where as many fail in a row as nothing but a store that is away explains, a round
    ends: each would wait for it.
    """

    def __init__(self) -> None:
        self.left: set[str] = set()

    def each(
        self, wanted: Mapping[str, T], do: Callable[[str, T], int]
    ) -> dict[str, int]:
        done: dict[str, int] = {}
        in_a_row = 0
        for name, one in wanted.items():
            try:
                done[name] = do(name, one)
                in_a_row = 0
            except Exception:  # noqa: BLE001 -- logged, and left for the next run
                _log.exception("it stays for the next run: %s", name)
                in_a_row += 1
            if in_a_row == GIVEN_UP:
                break
        self.left |= wanted.keys() - done.keys()
        return done


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
        held = self._erase_persons(subjects)
        self._erase_documents(pass_id, documents)
        return held

    def retain(self, now: datetime, keep: timedelta) -> Run:
        """Erase everybody whose pass was over so long ago, and sweep documents.

        All persons go before any document, whose store may be away. The views have come
        as far as the log; who calls has seen to that.
        """
        asked = dict(asked_for(self._views["dossiers"]))
        due = dict(over(self._views["dossiers"], now, keep))
        rounds, gone = Rounds(), set[str]()

        def papers(pass_id: str, row: Dossier) -> int:
            free = [d for d in row.documents if self._is_free(d, now, keep)]
            wanted = [d for d in free if d not in gone]
            self._erase_documents(pass_id, wanted)
            gone.update(wanted)
            return len(wanted)

        rounds.each(asked, self._asked_persons)
        persons = rounds.each(due, self._due_persons)
        rounds.each(asked, lambda p, row: self._erase_documents(p, row.owed))
        documents = rounds.each(due, papers)
        swept = rounds.each({"sweep": now}, self._sweep)
        touched = {p for p, n in (*persons.items(), *documents.items()) if n}
        counts = sum(persons.values()), len(gone), sum(swept.values())
        return Run(len(touched), *counts, len(rounds.left))

    def _asked_persons(self, _: str, row: Dossier) -> int:
        """What was asked for, and a power cut or another node left undone."""
        return self._erase_persons(row.persons.keys() & set(row.asked))

    def _due_persons(self, pass_id: str, row: Dossier) -> int:
        command = ErasePassPersons(by=NODE, pass_id=pass_id, reason=RETAINED)
        self._application.handle(command)
        return self._erase_persons(row.persons)

    def _sweep(self, _: str, now: datetime) -> int:
        return len(self._documents.sweep(lambda name: bool(self._naming(name)), now))

    def _erase_persons(self, subjects: Iterable[str]) -> int:
        held = [subject for subject in subjects if self._keyring.holds(subject)]
        self._keyring.erase(held)
        for subject in held:
            self._application.handle(MarkPersonErased(by=NODE, subject=subject))
        return len(held)

    def _erase_documents(self, pass_id: str, documents: Iterable[str]) -> int:
        hashes = [name for name in documents if self._documents.holds(name)]
        self._documents.forget(hashes)
        for name in hashes:
            passes = tuple(dict.fromkeys((*self._naming(name), pass_id)))
            command = MarkDocumentErased(by=NODE, hash=name, passes=passes)
            self._application.handle(command)
        self._documents.erase(hashes)
        return len(hashes)

    def _naming(self, name: str) -> tuple[str, ...]:
        row = self._views["papers"].row(name, Moment())
        return row.passes if row else ()

    def _is_free(self, name: str, now: datetime, keep: timedelta) -> bool:
        """Whether no application names it that is still needed: a renewal may."""
        rows = (self._views["dossiers"].row(p, Moment()) for p in self._naming(name))
        return all(is_over(row, now, keep) for row in rows)
