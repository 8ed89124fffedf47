"""Persons of applications: sealed and revealed for the api."""

from collections.abc import Sequence

from domain.papers import Lost, Part, SealedPerson
from infra.vault import ErasedError, Keyring, LostError


class Persons:
    """What the api knows of the vault."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

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
