"""How every write travels: body to command, decided, saved, answered."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from eventsourcing.persistence import IntegrityError
from fastapi import Request
from starlette.responses import Response

from api import bodies
from api.bodies import Shape
from api.command_reader import CommandReader, Keyed
from api.problems import Problem, problem_of
from api.routes import Route
from api.security import Guard, rule
from api.services import Services
from domain.application import TRIES, Attempt, GreenChannel, Outcome
from domain.commands import Command, DraftPass
from domain.errors import GreenChannelError

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


def write_endpoint(
    services: Services, guard: Guard, route: Route
) -> Callable[[Request], Awaitable[Response]]:
    shape = Shape(route)

    @rule(route.roles)
    async def endpoint(request: Request) -> Response:
        sender = guard.admit(request, route.roles)
        reader = CommandReader(shape, sender, request, services.session_secret)
        raw = await body_of(request)
        if shape.takes_batches and raw.lstrip()[:1] == b"[":
            return await _batch(services.application, reader, bodies.split(raw))
        if shape.open_fields:
            keyed = await reader.sealed(raw, services)
        else:
            keyed = reader.keyed(raw)
        answer = await carry_out(services.application, keyed)
        status = 200 if answer.known or answer.replayed else 201
        return json_response(answer, status)

    return endpoint


async def carry_out(app: GreenChannel, keyed: Keyed) -> Answer:
    """Decide, save, and decide again where another writer came first."""
    for number in range(TRIES):
        attempt = await _attempt(app, keyed)
        try:
            positions = await asyncio.wrap_future(attempt.future)
        except IntegrityError:
            await asyncio.sleep(random.uniform(0, 0.005 * (number + 1)))  # noqa: S311
            continue
        return _answer(keyed.command, attempt.outcome(positions))
    raise Problem(409, "conflict", "Others write here too fast; try again").after(1)


async def _attempt(app: GreenChannel, keyed: Keyed) -> Attempt:
    """A refusal stands only after what other nodes wrote before has been seen."""
    try:
        return app.attempt(keyed.command, keyed.request)
    except GreenChannelError:
        seen = app.catch_up()
        if seen is None:
            raise
        await asyncio.wrap_future(seen)
    return app.attempt(keyed.command, keyed.request)


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
    app: GreenChannel, reader: CommandReader, items: Sequence[msgspec.Raw]
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
