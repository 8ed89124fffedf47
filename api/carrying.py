"""One command carried out: decided, saved, decided again where another came first."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec
from eventsourcing.persistence import IntegrityError

from api.problems import Problem
from domain.application import TRIES, Attempt, GreenChannel, Outcome, Request
from domain.commands import Command, DraftPass
from domain.errors import GreenChannelError

T = TypeVar("T")


class Keyed(msgspec.Struct, frozen=True):
    """A command on its way, with the idempotency request it travels under."""

    command: Command
    request: Request | None = None


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


async def carry_out(app: GreenChannel, keyed: Keyed) -> Answer:
    """Decide, save, and decide again where another writer came first."""
    for number in range(TRIES):
        attempt = await _attempt(app, keyed)
        try:
            positions = await asyncio.wrap_future(attempt.future)
        except IntegrityError:
            await asyncio.sleep(random.uniform(0, 0.005 * (number + 1)))  # noqa: S311
            continue
        return answer_of(keyed.command, attempt.outcome(positions))
    raise Problem(409, "conflict", "Others write here too fast; try again").after(1)


async def _attempt(app: GreenChannel, keyed: Keyed) -> Attempt:
    async def attempt() -> Attempt:
        return app.attempt(keyed.command, keyed.request)

    return await on_all(app, attempt)


async def on_all(app: GreenChannel, act: Callable[[], Awaitable[T]]) -> T:
    """A refusal stands only after what other nodes wrote before has been seen."""
    try:
        return await act()
    except GreenChannelError:
        seen = app.catch_up()
        if seen is None:
            raise
        await asyncio.wrap_future(seen)
    return await act()


def answer_of(command: Command, outcome: Outcome) -> Answer:
    subject = command.stream.partition(":")[2]
    position = str(outcome.position)
    if handled := outcome.replayed:
        events, flags = handled.result["events"], handled.result["flags"]
        known = not events
        return Answer(position, subject, events, flags, known, replayed=True)  # type: ignore[arg-type]
    names = [type(event).__name__ for event in outcome.events]
    flags = sorted({flag for event in outcome.events for flag in event.flags})
    answer = Answer(position, subject, names, flags, known=not outcome.events)
    if isinstance(command, DraftPass):
        return msgspec.structs.replace(answer, reference=command.reference)
    return answer
