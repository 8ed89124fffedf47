"""Reads the bodies of one request into commands, and knows when two are the same."""

import hashlib
import hmac
import secrets
from typing import Any

import msgspec
from fastapi import Request

from api import applications, bodies
from api.bodies import Shape
from api.carrying import Keyed, on_all
from api.free_text import without_id_numbers
from api.problems import Problem
from api.security import Sender
from api.services import Services
from api.times import without_offset
from domain import application
from domain.commands import Command, DraftPass, PickUpGoods, Report
from domain.plates import normalise_plate
from domain.values import Flag, Id


class CommandReader:
    """Reads bodies of one request into commands."""

    def __init__(
        self, shape: Shape, sender: Sender, request: Request, secret: bytes
    ) -> None:
        self._shape, self._sender, self._secret = shape, sender, secret
        self._path = request.url.path
        self._in_path = shape.path_values(request.path_params)
        self._key = request.headers.get("idempotency-key", "")
        if len(self._key) > 200:  # noqa: PLR2004 -- longer than any key in use
            raise Problem(422, "invalid-idempotency-key", "At most 200 characters")

    def keyed(self, raw: bytes | msgspec.Raw, suffix: str = "") -> Keyed:
        values = self._values(raw)
        try:
            command = self._shape.command(**values)
        except ValueError as error:
            raise Problem(422, "invalid-body", str(error)) from error
        key = self._key and self._key + suffix
        if isinstance(command, PickUpGoods) and not key and command.fact_id == "":
            key = f"document:{command.shipment_id}"
        if isinstance(command, DraftPass) and not command.reference:
            made = secrets.token_hex(16)
            command = msgspec.structs.replace(command, reference=made)
        return Keyed(self._identified(command, raw), self._request(key, raw))

    async def sealed(self, raw: bytes, services: Services) -> Keyed:
        """As `keyed`, for a body that names persons or documents."""
        request = self._request(self._key, raw)
        kind, values = self._shape.command, self._values(raw)

        async def complete() -> Command:
            return await applications.complete(services, kind, values, request)

        return Keyed(await on_all(services.application, complete), request)

    def _values(self, raw: bytes | msgspec.Raw) -> dict[str, Any]:
        body = self._shape.read(raw)
        body, is_assumed = bodies.aware(body, self._sender.zone)
        if is_assumed and not issubclass(self._shape.command, Report):
            raise without_offset("time")
        values = msgspec.structs.asdict(body) | self._in_path
        values["by"] = self._sender.reporter
        if "salt" in self._shape.command.__struct_fields__:
            values["salt"] = secrets.token_hex(16)
        if is_assumed:
            values["flags"] = (Flag.ZONE_ASSUMED,)
        for name in ("plate", "trailer"):
            if values.get(name):
                values[name] = normalise_plate(values[name]).text
        if self._shape.is_owned:
            values |= self._owner(values)
        return without_id_numbers(self._shape.command, values)

    def _owner(self, values: dict[str, Any]) -> dict[str, Any]:
        """Whose it is: the key's organisation unless staff name another."""
        owner = values["organisation"] or self._sender.reporter.organisation
        if not owner:
            raise Problem(422, "organisation-missing", "Whose is it? Name organisation")
        found = {"organisation": owner}
        if "document_no" in values:
            found["shipment_id"] = f"{owner}.{values['document_no']}"
        try:
            return msgspec.convert(found, dict[str, Id])
        except msgspec.ValidationError as error:
            raise Problem(422, "invalid-body", str(error)) from error

    def _identified(self, command: Command, raw: bytes | msgspec.Raw) -> Command:
        """A report without a fact_id gets one: the same words are the same fact."""
        if not isinstance(command, Report) or command.fact_id:
            return command
        said = self._digest(command.by.id, self._path, bytes(raw))[:32]
        return msgspec.structs.replace(command, fact_id=said)

    def _request(
        self, key: str, raw: bytes | msgspec.Raw
    ) -> application.Request | None:
        """A digest of open texts is keyed, or guessing could bring them back."""
        if not key:
            return None
        body = self._digest(self._path, bytes(raw))
        if self._shape.open_fields:
            body = hmac.new(self._secret, body.encode(), "sha256").hexdigest()
        who = self._sender.reporter.organisation or self._sender.reporter.id
        return application.Request(self._digest(who, key), body)

    @staticmethod
    def _digest(*parts: str | bytes) -> str:
        digest = hashlib.sha256()
        for part in parts:
            data = part.encode() if isinstance(part, str) else part
            digest.update(len(data).to_bytes(4, "big") + data)
        return digest.hexdigest()
