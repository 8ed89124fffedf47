"""Is this text a pass of a key we trust, and valid now? Needs no network."""

import msgspec

from infra.passes.claims import Pass, from_claims, to_claims
from infra.passes.envelope import Kind, open_frame, seal
from infra.passes.keys import SigningKey
from infra.passes.refused import Refused
from infra.passes.text import from_text, to_text
from infra.passes.trust import TrustedKey, TrustList

LEEWAY_SECONDS = 60


class Opened(msgspec.Struct, frozen=True):
    """A pass whose signature holds, whose key may have signed it; and its verdict.

    `problem` is empty, or says that it is expired or early.
    """

    a_pass: Pass
    key: TrustedKey
    problem: str = ""


def sign_pass(a_pass: Pass, key: SigningKey) -> str:
    return to_text(seal(to_claims(a_pass), key.private_key, key.kid, Kind.PASS))


def open_pass(text: str, trust: TrustList, now: int) -> Opened:
    """Raises Refused unless a trusted key signed it for its own division."""
    claims, key = open_frame(from_text(text), Kind.PASS, trust.keys.get)
    a_pass = from_claims(claims)
    if a_pass.issuer != key.issuer or a_pass.division != key.division:
        raise Refused("issuer", f"{key.issuer} signed for {a_pass.issuer}")
    if not key.may_sign_at(a_pass.issued, LEEWAY_SECONDS):
        raise Refused("key-window", "signed outside the time of its key")
    return Opened(a_pass, key, _in_time(a_pass, now))


def _in_time(a_pass: Pass, now: int) -> str:
    if now >= a_pass.valid_until + LEEWAY_SECONDS:
        return "expired"
    if now < max(a_pass.valid_from, a_pass.issued) - LEEWAY_SECONDS:
        return "early"
    return ""
