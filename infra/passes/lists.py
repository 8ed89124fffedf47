"""Trust list, status lists and lane sheets as a node hands them out: signed, cached."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from domain.errors import NotFoundError
from domain.passes import Status
from infra.passes import sheets
from infra.passes.claims import SERIALS
from infra.passes.freshest import Freshest, Made, Stamp
from infra.passes.keys import to_base64url, to_jwk
from infra.passes.sheet import body_of, sign_body
from infra.passes.signers import KEPT_LONGER, Signers
from infra.passes.status import Status as Bits
from infra.passes.status import StatusList, entries_of, sign_status_list
from infra.passes.trust import LISTS, TrustedKey, sign_trust_list
from projections.gently import gentle
from projections.model import Moment, Views
from projections.pass_book import BookRow, ending_after

SLOT_SECONDS = 600
"""How long a list that did not change is handed out under its old signature."""
TRUST_LIST = "trust-list.cwt"
READ = (
    "checkpoint_board",
    "clearance",
    "live_routes",
    "pass_book",
    "register",
    "signing_keys",
)
_BITS = {
    Status.SUSPENDED: Bits.SUSPENDED,
    Status.REVOKED: Bits.INVALID,
    Status.REPLACED: Bits.INVALID,
    Status.RENEWED: Bits.INVALID,
}


class Document(NamedTuple):
    """A signed list; `content` tells whether it says what another says."""

    body: bytes
    content: str

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


class Lists:
    def __init__(
        self,
        views: Views,
        positions: Any,
        signers: Signers,
        clock: Callable[[], datetime],
    ) -> None:
        self._views, self._positions = views, positions
        self._signers, self._clock = signers, clock
        self._book: Freshest[list[BookRow]] = Freshest(self._stamp, self._live)
        self._trust: Freshest[Document] = Freshest(self._stamp, self._sign_trust)
        self._made: dict[str, Freshest[Document]] = {}

    def trust_list(self, at_least: int = 0) -> Document:
        """The operator's own where the root key was taken away."""
        if self._signers.root_key():
            return self._trust.get(at_least).value
        path = self._signers.folder.folder / TRUST_LIST
        if not path.exists():
            raise NotFoundError("trust-list", TRUST_LIST)
        return Document(path.read_bytes(), "")

    def trust_root(self) -> dict[str, str]:
        root = self._signers.root_public()
        return {"kid": root.kid.hex(), **to_jwk(root.public_key)}

    def jwks(self) -> dict[str, Any]:
        version, keys = self._signers.trusted(self._clock())
        return {"version": version, "keys": [_jwk(key) for key in keys]}

    def status_list(self, division: str, at_least: int = 0) -> Document:
        """Raises NotFoundError for a division without an issuer."""
        issuers = self._views["register"].rows(Moment(), prefix="issuer:")
        if division not in {row.division_code for _, row in issuers}:
            raise NotFoundError("division", division)

        def make(old: Document | None, at_least: int) -> Made[Document]:
            return self._sign_status(division, old, at_least)

        return self._cached(f"division:{division}", make).get(at_least).value

    def lane_sheet(self, checkpoint: str, at_least: int = 0) -> Document:
        """Raises NotFoundError where there is no such checkpoint."""
        post = self._views["checkpoint_board"].row(checkpoint, Moment())
        if post is None or not post.name:
            raise NotFoundError("checkpoint", checkpoint)

        def make(old: Document | None, at_least: int) -> Made[Document]:
            return self._sign_sheet(checkpoint, old, at_least)

        return self._cached(f"checkpoint:{checkpoint}", make).get(at_least).value

    def _cached(
        self, name: str, make: Callable[[Document | None, int], Made[Document]]
    ) -> Freshest[Document]:
        return self._made.setdefault(name, Freshest(self._stamp, make))

    def _stamp(self) -> Stamp:
        position = min(self._views[name].position for name in READ)
        return Stamp(position, int(self._clock().timestamp()) // SLOT_SECONDS)

    def _live(self, _old: object, _at_least: int) -> Made[list[BookRow]]:
        stamp, ended = self._stamp(), self._clock() - KEPT_LONGER
        return Made(stamp, list(ending_after(gentle(self._views), ended)))

    def _with_book(self, at_least: int) -> Made[list[BookRow]]:
        """What the book says, as of where both it and the other read models are.

        The book may rest while they go on: a list that is as of their position would
        say that what has happened to a pass since the book's did not happen.
        """
        own, book = self._stamp(), self._book.get(at_least)
        return Made(min(own, book.stamp), book.value)

    def _sign_trust(self, old: Document | None, _at_least: int) -> Made[Document]:
        stamp, now = self._stamp(), self._clock()
        self._signers.rotate(now)
        version, keys = self._signers.trusted(now)
        root = self._signers.root_key()
        assert root is not None
        content = _content(stamp, version, [key.kid for key in keys])
        if old and old.content == content:
            return Made(stamp, old)
        body = sign_trust_list(keys, version, int(now.timestamp()), root)
        return Made(stamp, Document(body, content))

    def _sign_status(
        self, division: str, old: Document | None, at_least: int
    ) -> Made[Document]:
        (stamp, book), now = self._with_book(at_least), self._clock()
        ended = {
            int(row.number) % SERIALS: _BITS[row.status]
            for row in book
            if row.number.startswith(division) and row.status in _BITS
        }
        entries = entries_of(ended)
        content = _content(stamp, entries)
        if old and old.content == content:
            return Made(stamp, old)
        issued = int(now.timestamp())
        found = StatusList(int(division), stamp.position, issued, entries)
        key = self._signers.key_for(LISTS, now)
        return Made(stamp, Document(sign_status_list(found, key), content))

    def _sign_sheet(
        self, checkpoint: str, old: Document | None, at_least: int
    ) -> Made[Document]:
        (stamp, book), now = self._with_book(at_least), self._clock()
        found = sheets.build(
            gentle(self._views), self._positions, book, checkpoint, now
        )
        body = body_of(found)
        content = _content(stamp, hashlib.sha256(body).digest())
        if old and old.content == content:
            return Made(stamp, old)
        key = self._signers.key_for(LISTS, now)
        issued = int(now.timestamp())
        signed = sign_body(body, stamp.position, issued, key)
        return Made(stamp, Document(signed, content))


def _jwk(key: TrustedKey) -> dict[str, Any]:
    return {
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "use": "sig",
        "kid": to_base64url(key.kid),
        **to_jwk(key.public_key),
        "iss": key.issuer,
        "nbf": key.valid_from,
        "exp": key.valid_until,
    }


def _content(stamp: Stamp, *parts: Any) -> str:
    """The same within a part of an hour, as long as it says the same."""
    said = msgspec.msgpack.encode([stamp.slot, *parts])
    return hashlib.sha256(said).hexdigest()
