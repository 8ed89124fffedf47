"""Who is asking, and may they: keys, sessions, one rule per route, default deny."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from api import session
from api.problems import Problem
from api.services import Services
from domain.access import Access
from domain.values import Reporter, Role
from domain.zones import zone_or_usual

REQUESTS = RateLimitItemPerMinute(120_000)
FAILURES = RateLimitItemPerMinute(30)
PIN_TRIES = RateLimitItemPerMinute(5, 15)
EVERYONE = frozenset(Role)
PUBLIC: frozenset[Role] = frozenset()
_RULE = "greenchannel_rule"
F = TypeVar("F", bound=Callable[..., Any])


class Sender(NamedTuple):
    """The reporter behind a request, its zone, and its place of duty if it has one."""

    reporter: Reporter
    zone: ZoneInfo
    name: str = ""
    checkpoint: str = ""


class Guard:
    """Turns a request into a Sender, or into a 401, 403 or 429."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._limits = FixedWindowRateLimiter(MemoryStorage())

    def admit(self, request: Request, roles: frozenset[Role]) -> Sender:
        sender = self.identify(request)
        if not self._limits.hit(REQUESTS, sender.reporter.id):
            raise Problem(429, "too-many-requests", "Slow down").after(5)
        if not sender.reporter.roles & roles:
            allowed = ", ".join(sorted(roles))
            raise Problem(403, "role-missing", f"This is for: {allowed}")
        return sender

    def identify(self, request: Request) -> Sender:
        header = request.headers.get("authorization", "")
        cookie = request.cookies.get(session.COOKIE, "")
        if header:
            access_id, secret = _bearer(header)
            return self._known(request, access_id, secret)
        if not cookie:
            raise Problem(401, "unauthenticated", "Send a key or sign in")
        now = self._services.wall_clock()
        opened = session.open_session(cookie, now, self._services.session_secret)
        if opened is None:
            raise Problem(401, "session-ended", "Sign in again")
        writes = request.method not in {"GET", "HEAD"}
        if writes and request.headers.get("x-greenchannel") != "1":
            detail = "A browser's write carries the header X-Greenchannel: 1"
            raise Problem(403, "header-missing", detail)
        return self._known(request, opened, None)

    def slow_down(self, request: Request, rate: RateLimitItem, what: str) -> None:
        """What anybody may ask, but not as fast as guessing needs."""
        if not self._limits.hit(rate, what, _address(request)):
            raise Problem(429, "too-many-requests", "Slow down").after(60)

    def try_pin(self, access_id: str) -> None:
        if not self._limits.hit(PIN_TRIES, "pin", access_id):
            raise Problem(429, "too-many-tries", "Wait, or ask for a new link").after(
                900
            )

    def fail(self, request: Request) -> Problem:
        self.count_failure(request)
        return Problem(401, "unauthenticated", "This key or link is not valid")

    def count_failure(self, request: Request) -> None:
        """Count a failure against the address that made it; raises at too many."""
        if not self._limits.hit(FAILURES, "failures", _address(request)):
            raise Problem(429, "too-many-tries", "Too many failures").after(60)

    def _known(self, request: Request, access_id: str, secret: str | None) -> Sender:
        access = self._services.application.state(f"access:{access_id}")
        if access is None or (access.is_revoked and secret is not None):
            raise self.fail(request)
        if secret is None:
            is_right = access.is_accepted
            self.check_revoked(access_id, access)
        else:
            is_right = not access.is_invitation and _matches(secret, access.secret_hash)
            is_right &= access.expires_time > self._services.wall_clock()
        if not is_right:
            raise self.fail(request)
        roles, issuer = frozenset(access.roles), access.issuer
        reporter = Reporter(access_id, access.organisation, roles, issuer)
        zone = zone_or_usual(access.zone)
        return Sender(reporter, zone, access.name, access.checkpoint)

    def check_revoked(self, access_id: str, access: Access) -> None:
        """A session sealed by us may be told: a lost phone's finder gains nothing."""
        is_over = access.is_revoked
        if access.checkpoint and not is_over:
            device = self._services.application.state(f"device:{access_id}")
            is_over = device is not None and device.is_revoked
        if is_over:
            raise Problem(401, "access-revoked", "This was ended; ask for a new link")


def rule(roles: frozenset[Role]) -> Callable[[F], F]:
    """Say who may use an endpoint; PUBLIC says that anyone may."""

    def mark(endpoint: F) -> F:
        setattr(endpoint, _RULE, roles)
        return endpoint

    return mark


def check_rules(app: FastAPI) -> None:
    """Raises RuntimeError when a route has no rule: such an app does not start."""
    for route in app.routes:
        endpoint = route.endpoint if isinstance(route, APIRoute) else None
        if endpoint is not None and not hasattr(endpoint, _RULE):
            msg = f"{route.path} has no rule"  # type: ignore[attr-defined]
            raise RuntimeError(msg)


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _matches(secret: str, secret_hash: str) -> bool:
    return hmac.compare_digest(hash_secret(secret), secret_hash)


def _bearer(header: str) -> tuple[str, str]:
    scheme, _, token = header.partition(" ")
    access_id, _, secret = token.removeprefix("gc_").rpartition("_")
    if scheme.lower() != "bearer" or not token.startswith("gc_") or not access_id:
        raise Problem(
            401, "unauthenticated", "A key looks like: Bearer gc_<id>_<secret>"
        )
    return access_id, secret
