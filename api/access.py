"""Keys, invitations and sessions: where secrets are made, shown once, and checked."""

import asyncio
import secrets
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
import segno
from fastapi import FastAPI, Request
from msgspec import Meta
from starlette.responses import Response

from api import session
from api.bodies import decode_into
from api.carrying import Keyed, carry_out
from api.problems import Problem
from api.routes import ADMINS, COORDINATORS
from api.security import EVERYONE, PUBLIC, Guard, hash_secret, rule
from api.services import Services
from api.writes import body_of, json_response
from domain import commands as c
from domain.values import Code, Id, Name, Reporter, Role, Roles
from domain.zones import zone_named

KEY_DAYS = 365
INVITATION_DAYS = 7
Pin = Annotated[str, Meta(pattern=r"^[0-9]{4,12}$")]
Secret = Annotated[str, Meta(min_length=20, max_length=100)]


class NewAccess(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key or an invitation; without `access_id` one is made."""

    name: Name
    roles: Roles
    organisation: Code = ""
    access_id: Id | None = None
    expires_time: datetime | None = None
    zone: Code = "Asia/Shanghai"
    checkpoint: Code = ""
    issuer: Code = ""


class Acceptance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    secret: Secret
    pin: Pin | None = None


class Reopening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    pin: Pin


class Me(msgspec.Struct, frozen=True):
    id: str
    name: str
    organisation: str
    roles: list[str]
    checkpoint: str
    issuer: str
    is_demo: bool
    now: datetime


class AccessRoutes:
    def __init__(self, services: Services, guard: Guard) -> None:
        self._services, self._guard = services, guard

    def install(self, app: FastAPI) -> None:
        for path, method, endpoint in (
            ("/v1/keys", "POST", self.issue_key),
            ("/v1/invitations", "POST", self.invite),
            ("/v1/invitations/{access_id}/acceptances", "POST", self.accept),
            ("/v1/session", "POST", self.reopen),
            ("/v1/session", "GET", self.who),
            ("/v1/session", "DELETE", self.sign_out),
        ):
            app.add_api_route(path, endpoint, methods=[method], include_in_schema=False)

    @rule(ADMINS)
    async def issue_key(self, request: Request) -> Response:
        """The answer holds the key; it cannot be shown again."""
        sender = self._guard.admit(request, ADMINS)
        wanted = decode_into(NewAccess, await body_of(request))
        secret = secrets.token_hex(24)
        command = c.IssueKey(
            by=sender.reporter,
            access_id=wanted.access_id or secrets.token_hex(8),
            secret_hash=hash_secret(secret),
            name=wanted.name,
            organisation=wanted.organisation,
            roles=wanted.roles,
            expires_time=self._expiry(wanted, KEY_DAYS),
            zone=wanted.zone,
            issuer=wanted.issuer,
        )
        answer = await carry_out(self._services.application, Keyed(command))
        key = f"gc_{answer.id}_{secret}"
        return json_response({"id": answer.id, "key": key}, 201)

    @rule(ADMINS | COORDINATORS)
    async def invite(self, request: Request) -> Response:
        """The answer holds the link; its secret stands in the fragment."""
        sender = self._guard.admit(request, ADMINS | COORDINATORS)
        wanted = decode_into(NewAccess, await body_of(request))
        zone_named(wanted.zone)
        secret = secrets.token_hex(24)
        command = c.Invite(
            by=sender.reporter,
            access_id=wanted.access_id or secrets.token_hex(8),
            secret_hash=hash_secret(secret),
            name=wanted.name,
            organisation=wanted.organisation,
            roles=wanted.roles,
            checkpoint=wanted.checkpoint,
            issuer=wanted.issuer,
            expires_time=self._expiry(wanted, INVITATION_DAYS),
        )
        answer = await carry_out(self._services.application, Keyed(command))
        is_device = wanted.checkpoint and Role.CHECKPOINT in wanted.roles
        page = "checkpoint" if is_device else "sign-in"
        link = f"{request.base_url}{page}#{answer.id}.{secret}"
        drawn = await asyncio.to_thread(_drawn, link)
        return json_response({"id": answer.id, "link": link, "qr": drawn}, 201)

    @rule(PUBLIC)
    async def accept(self, request: Request) -> Response:
        access_id = request.path_params["access_id"]
        told = decode_into(Acceptance, await body_of(request))
        access = self._services.application.state(f"access:{access_id}")
        if access is None:
            raise self._guard.fail(request)
        if access.expires_time <= self._services.wall_clock():
            raise Problem(409, "expired", "The invitation is over; ask for another")
        command = c.AcceptInvitation(
            by=Reporter(access_id, access.organisation, frozenset(access.roles)),
            access_id=access_id,
            secret_hash=hash_secret(told.secret),
            pin_hash=await _hashed(told.pin),
        )
        await carry_out(self._services.application, Keyed(command))
        return self._signed_in(request, access_id)

    @rule(PUBLIC)
    async def reopen(self, request: Request) -> Response:
        told = decode_into(Reopening, await body_of(request))
        self._guard.try_pin(told.id)
        access = self._services.application.state(f"access:{told.id}")
        if access is None or not access.is_accepted:
            raise self._guard.fail(request)
        matches = session.pin_matches
        if not await asyncio.to_thread(matches, told.pin, access.pin_hash):
            raise self._guard.fail(request)
        self._guard.check_revoked(told.id, access)
        return self._signed_in(request, told.id)

    @rule(EVERYONE)
    async def who(self, request: Request) -> Response:
        sender = self._guard.admit(request, EVERYONE)
        reporter = sender.reporter
        me = Me(
            id=reporter.id,
            name=sender.name,
            organisation=reporter.organisation,
            roles=sorted(reporter.roles),
            checkpoint=sender.checkpoint,
            issuer=reporter.issuer,
            is_demo=self._services.is_demo,
            now=self._services.clock(),
        )
        return json_response(me)

    @rule(EVERYONE)
    async def sign_out(self, request: Request) -> Response:
        self._guard.admit(request, EVERYONE)
        response = json_response({})
        response.delete_cookie(session.COOKIE)
        return response

    def _expiry(self, wanted: NewAccess, days: int) -> datetime:
        now = self._services.wall_clock()
        expires = wanted.expires_time or now + timedelta(days=days)
        if expires.tzinfo is None or expires <= now:
            detail = "expires_time lies ahead and has an offset"
            raise Problem(422, "invalid-body", detail)
        return expires

    def _signed_in(self, request: Request, access_id: str) -> Response:
        now = self._services.wall_clock()
        cookie = session.seal(access_id, now, self._services.session_secret)
        response = json_response({"id": access_id}, 201)
        is_secure = request.url.scheme == "https"
        session.set_cookie(response, cookie, is_secure=is_secure)
        return response


async def _hashed(pin: str | None) -> str:
    return await asyncio.to_thread(session.hash_pin, pin) if pin else ""


def _drawn(link: str) -> str:
    """The link as a QR code: a data URI, for it must stand in no address."""
    return segno.make(link, error="m").svg_data_uri(scale=6, border=2)
