"""Persons of applications: sealed and revealed for the api."""

from collections.abc import Sequence
from datetime import datetime

from domain.papers import Lost, Part, SealedPerson, VaultHealth
from infra.vault import (
    ROTATE_AFTER,
    ErasedError,
    Keyring,
    LostError,
    VaultLockedError,
)


class Persons:
    """What the api knows of the vault."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def seal(self, texts: Sequence[tuple[Part, bytes]]) -> list[SealedPerson]:
        """Each under a new subject; their keys are durable when this returns."""
        return [SealedPerson(*sealed) for sealed in self._keyring.seal(texts)]

    def health(self, now: datetime) -> VaultHealth:
        try:
            age = now - self._keyring.kek().made_time
        except VaultLockedError:
            return VaultHealth(is_locked=True, is_rotation_due=False)
        return VaultHealth(is_locked=False, is_rotation_due=age >= ROTATE_AFTER)

    def reveal(self, person: SealedPerson, part: Part) -> bytes | Lost:
        """The text; who reads it was recorded before."""
        try:
            return self._keyring.reveal(person.subject, part, person.sealed)
        except ErasedError:
            return Lost.ERASED
        except LostError:
            return Lost.UNREADABLE
