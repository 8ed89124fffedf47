"""The register of keys that sign: whose, from when until when, and what ended them."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from domain import events as e
from projections.model import Fold, Moment, Views


class KeyRow(msgspec.Struct, frozen=True):
    """`changes` counts what happened to it; a row without an issuer signs nothing."""

    issuer: str = ""
    public_key: str = ""
    from_time: datetime | None = None
    until_time: datetime | None = None
    is_revoked: bool = False
    changes: int = 0


class SigningKeys(Fold[KeyRow]):
    name = "signing_keys"
    row = KeyRow

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        if not isinstance(event, e.SigningKeyPublished | e.KeyRevoked):
            return ()
        return (event.originator_id.partition(":")[2],)

    def fold(self, row: KeyRow | None, event: e.DomainEvent) -> KeyRow:
        row = row or KeyRow()
        row = replace(row, changes=row.changes + 1)
        if not isinstance(event, e.SigningKeyPublished):
            return replace(row, is_revoked=True)
        return replace(
            row,
            issuer=event.issuer,
            public_key=event.public_key,
            from_time=event.from_time,
            until_time=event.until_time,
        )


class Key(msgspec.Struct, frozen=True):
    access_id: str
    issuer: str
    public_key: str
    from_time: datetime
    until_time: datetime
    is_revoked: bool


class Register(msgspec.Struct, frozen=True):
    """Every signing key, and a version that grows with each change."""

    version: int
    keys: tuple[Key, ...]


def register(views: Views) -> Register:
    rows = [
        (access_id, row)
        for access_id, row in views["signing_keys"].rows(Moment())
        if row.issuer
    ]
    keys = (
        Key(
            access_id,
            row.issuer,
            row.public_key,
            row.from_time,
            row.until_time,
            row.is_revoked,
        )
        for access_id, row in rows
    )
    return Register(sum(row.changes for _, row in rows), tuple(keys))
