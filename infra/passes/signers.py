"""Which key signs for whom now, and which keys phones are told to trust."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from domain import commands as c
from domain.errors import NotFoundError, SigningKeyMissingError
from domain.values import NODE
from infra.passes.keys import KeyFolder, PublicKey, SigningKey, from_base64, to_base64
from infra.passes.trust import LISTS, TrustedKey
from projections.model import Moment, Views
from projections.register import Registered
from projections.signing_keys import Key, register

SIGNS_FOR = timedelta(days=90)
PUBLISHED_AHEAD = timedelta(days=14)
KEPT_LONGER = timedelta(days=1)
LISTS_KEPT_DAYS = 7
Publish = Callable[[c.PublishSigningKey], Any]
"""Carries it out, and waits until the register of keys has it."""


class Signers:
    """While the root key lies in the folder, what is missing is made on demand."""

    def __init__(self, views: Views, publish: Publish, folder: KeyFolder) -> None:
        self._views, self._publish = views, publish
        self.folder = folder
        self._lock = Lock()

    def key_for(self, issuer: str, now: datetime) -> SigningKey:
        """Raises SigningKeyMissingError where nobody here may sign for it."""
        with self._lock:
            for key in self._signing(issuer, now):
                if held := self.folder.get(from_base64(key.public_key).kid):
                    return held
            if self.root_key() is None:
                msg = f"No key on this node signs for {issuer}: see signing-keys"
                raise SigningKeyMissingError(msg, issuer=issuer)
            return self.make(issuer, now)

    def make(self, issuer: str, from_time: datetime) -> SigningKey:
        """A new key, published: it signs from then on, for 90 days."""
        key = self.folder.make()
        command = c.PublishSigningKey(
            by=NODE,
            access_id=f"sign-{key.kid.hex()}",
            issuer=issuer,
            public_key=to_base64(key.public.public_key),
            from_time=from_time,
            until_time=from_time + SIGNS_FOR,
        )
        self._publish(command)
        return key

    def rotate(self, now: datetime) -> list[str]:
        """Every issuer has a key, and the next one well before the last ends."""
        with self._lock:
            return [name for name in self._issuers() if self._prepare(name, now)]

    def _prepare(self, issuer: str, now: datetime) -> bool:
        own = [
            key
            for key in register(self._views).keys
            if key.issuer == issuer and not key.is_revoked
        ]
        last = max((key.until_time for key in own), default=now)
        if last > now + PUBLISHED_AHEAD:
            return False
        self.make(issuer, max(last, now))
        return True

    def _issuers(self) -> list[str]:
        rows = self._views["register"].rows(Moment(), prefix="issuer:")
        return [LISTS, *(key.partition(":")[2] for key, _ in rows)]

    def root_key(self) -> SigningKey | None:
        """None where an operator took it away; a fresh folder gets one."""
        if self.folder.root_public() is None:
            self.folder.make_root()
        return self.folder.root()

    def root_public(self) -> PublicKey:
        self.root_key()
        found = self.folder.root_public()
        assert found is not None
        return found

    def trusted(self, now: datetime) -> tuple[int, list[TrustedKey]]:
        """The version of the register, and the keys that may still be met."""
        found = register(self._views)
        return found.version, list(self._trusted(found.keys, now))

    def _signing(self, issuer: str, now: datetime) -> list[Key]:
        found = [
            key
            for key in register(self._views).keys
            if key.issuer == issuer and not key.is_revoked
            if key.from_time <= now < key.until_time
        ]
        return sorted(found, key=lambda key: key.from_time, reverse=True)

    def _trusted(self, keys: tuple[Key, ...], now: datetime) -> Iterator[TrustedKey]:
        for key in keys:
            row = issuer_row(self._views, key.issuer)
            if row is None or key.is_revoked:
                continue
            kept = timedelta(days=row.validity_days) + KEPT_LONGER
            if now < key.until_time + kept:
                yield trusted_key(key, row)


def issuer_row(views: Views, issuer: str) -> Registered | None:
    """Who signs lists is no issuer that was opened, and has no division."""
    if issuer == LISTS:
        return Registered(validity_days=LISTS_KEPT_DAYS)
    found: Registered | None = views["register"].row(f"issuer:{issuer}", Moment())
    return found


def known_issuer(views: Views, issuer: str) -> Registered:
    found = issuer_row(views, issuer)
    if found is None:
        raise NotFoundError("issuer", issuer)
    return found


def trusted_key(key: Key, row: Registered) -> TrustedKey:
    public = from_base64(key.public_key)
    return TrustedKey(
        kid=public.kid,
        issuer=full_name(key.issuer, row.division_code),
        division=int(row.division_code or 0),
        valid_from=int(key.from_time.timestamp()),
        valid_until=int(key.until_time.timestamp()),
        name=row.name[:50],
        phone=row.phone[:40],
        public_key=public.public_key,
    )


def full_name(issuer: str, division_code: str) -> str:
    """As passes and trust lists name it: CN-370323-county."""
    return f"CN-{division_code}-{issuer}" if division_code else issuer
