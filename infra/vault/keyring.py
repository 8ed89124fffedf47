"""Seals, reveals, erases: a key per subject, wrapped by the KEK; text only in passing.

No key and no text is kept: every look goes to the store, so that an erasure by
another process or node holds at once.
"""

import os
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.vault.errors import (
    ErasedError,
    KeyUnknownError,
    SealBrokenError,
    StaleKekError,
)
from infra.vault.kek import Kek, KekFolder
from infra.vault.key_store import KeyStore, Wrapped

NONCE = 12
KEY_BYTES = 32
TRIES = 3


class Sealed(NamedTuple):
    """Nonce, ciphertext and tag (AES-256-GCM), bound to the subject and the field."""

    subject: str
    sealed: bytes


class Keyring:
    """Raises VaultLockedError from `seal` and `reveal` while the KEK is missing."""

    def __init__(self, store: KeyStore, keks: KekFolder) -> None:
        self._store, self._keks = store, keks
        self._ready: dict[str, AESGCM] = {}

    def prepare(self, now: datetime) -> None:
        """Make the first KEK of a new vault, unless another node is first."""
        if self._store.current_kek():
            return
        made = self._keks.make(now).id
        try:
            self._store.begin_kek(made)
        except StaleKekError:
            self._keks.destroy(made)

    def seal(self, texts: Sequence[tuple[str, bytes]]) -> list[Sealed]:
        """Each (field, text) under a new subject; keys are durable on return."""
        keys = self._made(len(texts))
        return [
            Sealed(subject, encrypt(AESGCM(key), text, f"{subject}:{field}"))
            for (field, text), (subject, key) in zip(texts, keys.items(), strict=True)
        ]

    def reveal(self, subject: str, field: str, sealed: bytes) -> bytes:
        """Raises ErasedError, KeyUnknownError, or SealBrokenError for damage."""
        key = unwrap(self._cipher, subject, self._store.find(subject))
        return decrypt(AESGCM(key), sealed, f"{subject}:{field}")

    def holds(self, subject: str) -> bool:
        """Whether the store knows the subject, erased or not: else another may."""
        try:
            self._store.find(subject)
        except ErasedError:
            return True
        except KeyUnknownError:
            return False
        return True

    def erase(self, subjects: Collection[str]) -> None:
        """Forget for ever; subjects that are erased already stay so."""
        if subjects:
            self._store.erase(subjects)

    def kek(self) -> Kek:
        """The current KEK's generation; raises VaultLockedError where it is gone."""
        return self._keks.read(self._store.current_kek())

    def _made(self, count: int) -> dict[str, bytes]:
        """So many new subjects with a key each, all in the store."""
        for attempt in range(TRIES):
            keys = {
                secrets.token_hex(16): secrets.token_bytes(KEY_BYTES)
                for _ in range(count)
            }
            try:
                self._add(keys)
            except StaleKekError:
                if attempt == TRIES - 1:
                    raise
            else:
                break
        return keys

    def _add(self, keys: Mapping[str, bytes]) -> None:
        kek = self._store.current_kek()
        cipher = self._cipher(kek)
        self._store.add({s: wrap(cipher, kek, s, key) for s, key in keys.items()})

    def _cipher(self, kek: str) -> AESGCM:
        """A KEK that is no longer current is read once more, then forgotten."""
        if kek not in self._ready:
            self._ready = {kek: AESGCM(self._keks.read(kek).key)}
        return self._ready[kek]


def wrap(cipher: AESGCM, kek: str, subject: str, key: bytes) -> Wrapped:
    return Wrapped(kek, encrypt(cipher, key, f"key:{subject}"))


def unwrap(cipher_of: Callable[[str], AESGCM], subject: str, wrapped: Wrapped) -> bytes:
    return decrypt(cipher_of(wrapped.kek), wrapped.sealed, f"key:{subject}")


def encrypt(cipher: AESGCM, text: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, text, bound_to.encode())


def decrypt(cipher: AESGCM, sealed: bytes, bound_to: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to.encode())
    except (InvalidTag, ValueError):
        msg = "Damaged, or sealed for another subject or field"
        raise SealBrokenError(msg) from None
