"""Browser sessions: `{id, expiry}` under an HMAC, so that any node accepts them."""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

import msgspec
from starlette.responses import Response

COOKIE = "greenchannel"
LIFETIME = timedelta(hours=12)
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


class Session(msgspec.Struct, frozen=True):
    id: str
    expiry: int


def seal(access_id: str, now: datetime, secret: bytes) -> str:
    body = Session(access_id, int((now + LIFETIME).timestamp()))
    payload = base64.urlsafe_b64encode(msgspec.json.encode(body)).decode()
    return f"{payload}.{_mac(payload, secret)}"


def open_session(cookie: str, now: datetime, secret: bytes) -> str | None:
    """The access id of a session that is ours and not over, else None."""
    payload, _, mac = cookie.partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(payload, secret).encode()):
        return None
    session = msgspec.json.decode(base64.urlsafe_b64decode(payload), type=Session)
    over = datetime.fromtimestamp(session.expiry, UTC) <= now
    return None if over else session.id


def set_cookie(response: Response, value: str, *, is_secure: bool) -> None:
    response.set_cookie(
        COOKIE,
        value,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=is_secure,
    )


def hash_pin(pin: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_scrypt(pin, salt).hex()}"


def pin_matches(pin: str, pin_hash: str) -> bool:
    salt, _, digest = pin_hash.partition("$")
    if not digest:
        return False
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt)).hex(), digest)


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, **_SCRYPT)


def _mac(payload: str, secret: bytes) -> str:
    return hmac.new(secret, payload.encode(), hashlib.sha256).hexdigest()
