"""How every write travels: body to command, decided, saved, answered."""

import asyncio
import hashlib
import random
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from eventsourcing.persistence import IntegrityError
from fastapi import Request
from starlette.responses import Response

from api import bodies
from api.bodies import Shape
from api.problems import Problem, problem_of
from api.routes import Route
from api.security import Guard, Sender, rule
from api.services import Services
from api.times import without_offset
from domain import application
from domain.application import TRIES, GreenChannel, Outcome
from domain.commands import Command, DraftPass, PickUpGoods, Report
from domain.plates import normalise_plate
from domain.values import Flag, Id

AT_ONCE = 64


class Answer(msgspec.Struct, frozen=True):
    """`position` is opaque: hand it to a read as `min_position`."""

    position: str
    id: str
    events: Sequence[str] = ()
    flags: Sequence[str] = ()
    known: bool = False
    replayed: bool = False
    reference: str | msgspec.UnsetType = msgspec.UNSET
    """Of a new application: shown once, only its hash is kept."""


class Keyed(msgspec.Struct, frozen=True):
    """A command on its way, with the idempotency request it travels under."""

    command: Command
    request: application.Request | None = None


def write_endpoint(
    services: Services, guard: Guard, route: Route
) -> Callable[[Request], Awaitable[Response]]:
    shape = Shape(route.command, route.path, route.server_made)

    @rule(route.roles)
    async def endpoint(request: Request) -> Response:
        sender = guard.admit(request, route.roles)
        reader = _Reader(shape, sender, request)
        raw = await body_of(request)
        if shape.takes_batches and raw.lstrip()[:1] == b"[":
            return await _batch(services.application, reader, bodies.split(raw))
        keyed = reader.keyed(raw)
        answer = await carry_out(services.application, keyed)
        status = 200 if answer.known or answer.replayed else 201
        return json_response(answer, status)

    return endpoint


async def carry_out(app: GreenChannel, keyed: Keyed) -> Answer:
    """Decide, save, and decide again where another writer came first."""
    for number in range(TRIES):
        attempt = app.attempt(keyed.command, keyed.request)
        try:
            positions = await asyncio.wrap_future(attempt.future)
        except IntegrityError:
            await asyncio.sleep(random.uniform(0, 0.005 * (number + 1)))  # noqa: S311
            continue
        return _answer(keyed.command, attempt.outcome(positions))
    raise Problem(409, "conflict", "Others write here too fast; try again").after(1)


async def body_of(request: Request) -> bytes:
    """The JSON of the body, not yet decoded; nothing is an empty object."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0]
    if kind.strip().lower() != "application/json":
        raise Problem(415, "not-json", "Send application/json")
    return await bytes_of(request) or b"{}"


async def bytes_of(request: Request) -> bytes:
    """The body, never more than MAX_BYTES of it in memory."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > bodies.MAX_BYTES:
            detail = f"A body has at most {bodies.MAX_BYTES} bytes"
            raise Problem(413, "body-too-large", detail)
    return bytes(found)


def json_response(body: Any, status: int = 200) -> Response:
    return Response(
        _encoder.encode(body),
        status,
        {"Cache-Control": "no-store"},
        media_type="application/json",
    )


_encoder = msgspec.json.Encoder(decimal_format="number")


async def _batch(
    app: GreenChannel, reader: "_Reader", items: Sequence[msgspec.Raw]
) -> Response:
    """Items of one stream go one after the other, streams side by side."""
    answers: list[Any] = [None] * len(items)
    chains: defaultdict[str, list[tuple[int, Keyed]]] = defaultdict(list)
    for number, item in enumerate(items):
        try:
            keyed = reader.keyed(item, f"#{number}")
        except Exception as error:  # noqa: BLE001 -- one item's refusal
            answers[number] = {"problem": problem_of(error).body()}
        else:
            chains[keyed.command.stream].append((number, keyed))
    gate = asyncio.Semaphore(AT_ONCE)

    async def follow(chain: list[tuple[int, Keyed]]) -> None:
        async with gate:
            for number, keyed in chain:
                try:
                    answers[number] = await carry_out(app, keyed)
                except Exception as error:  # noqa: BLE001 -- one item's refusal
                    answers[number] = {"problem": problem_of(error).body()}

    await asyncio.gather(*map(follow, chains.values()))
    taken = [int(a.position) for a in answers if isinstance(a, Answer)]
    return json_response({"items": answers, "position": str(max(taken, default=0))})


class _Reader:
    """Reads bodies of one request into commands."""

    def __init__(self, shape: Shape, sender: Sender, request: Request) -> None:
        self._shape, self._sender = shape, sender
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
            key = f"document:{command.document_no}"
        if isinstance(command, DraftPass) and not command.reference:
            made = secrets.token_hex(16)
            command = msgspec.structs.replace(command, reference=made)
        return Keyed(self._identified(command, raw), self._request(key, raw))

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
        return values

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
        if not key:
            return None
        body = self._digest(self._path, bytes(raw))
        who = self._sender.reporter.organisation or self._sender.reporter.id
        return application.Request(self._digest(who, key), body)

    @staticmethod
    def _digest(*parts: str | bytes) -> str:
        digest = hashlib.sha256()
        for part in parts:
            data = part.encode() if isinstance(part, str) else part
            digest.update(len(data).to_bytes(4, "big") + data)
        return digest.hexdigest()


def _answer(command: Command, outcome: Outcome) -> Answer:
    subject = command.stream.partition(":")[2]
    position = str(outcome.position)
    if handled := outcome.replayed:
        events, flags = handled.result["events"], handled.result["flags"]
        return Answer(position, subject, events, flags, replayed=True)  # type: ignore[arg-type]
    names = [type(event).__name__ for event in outcome.events]
    flags = sorted({flag for event in outcome.events for flag in event.flags})
    answer = Answer(position, subject, names, flags, known=not outcome.events)
    if isinstance(command, DraftPass):
        return msgspec.structs.replace(answer, reference=command.reference)
    return answer
