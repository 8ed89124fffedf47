"""Persons of applications: sealed and revealed for the api, erased for good."""

from collections.abc import Collection, Sequence

from domain.application import GreenChannel
from domain.commands import MarkPersonErased
from domain.papers import Lost, Part, SealedPerson
from domain.values import Reporter
from infra.vault import ErasedError, Keyring, LostError

NODE = Reporter("node")


class Persons:
    """What the api knows of the vault."""

    def __init__(self, keyring: Keyring, application: GreenChannel) -> None:
        self._keyring, self._application = keyring, application

    def seal(self, texts: Sequence[tuple[Part, bytes]]) -> list[SealedPerson]:
        """Each under a new subject; their keys are durable when this returns."""
        return [SealedPerson(*sealed) for sealed in self._keyring.seal(texts)]

    def reveal(self, person: SealedPerson, part: Part) -> bytes | Lost:
        """The text; who reads it was recorded before."""
        try:
            return self._keyring.reveal(person.subject, part, person.sealed)
        except ErasedError:
            return Lost.ERASED
        except LostError:
            return Lost.UNREADABLE

    def erase(self, subjects: Collection[str]) -> None:
        """Erase the keys of those for whom it was asked, then say that it is done."""
        self._keyring.erase(subjects)
        for subject in subjects:
            self._application.handle(MarkPersonErased(by=NODE, subject=subject))
