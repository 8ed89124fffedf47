"""Many items of one request: each taken or refused for itself, few commits for all."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import wait
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

import msgspec
from eventsourcing.persistence import IntegrityError

from api import carrying
from api.carrying import Answer, Keyed, answer_of
from api.command_reader import CommandReader
from api.problems import problem_of
from domain.application import Attempt, Decided, GreenChannel
from domain.errors import GreenChannelError

AT_ONCE = 500
"""So many are decided, and written, together."""
SLICE = 16
"""After so many others have their turn: some two milliseconds."""
T = TypeVar("T")
_log = logging.getLogger(__name__)


class _Item(NamedTuple):
    """Where it stood in the request, and what it asks."""

    number: int
    keyed: Keyed


class _Answers(msgspec.Struct, frozen=True):
    items: Sequence[Any]
    position: str


async def carry_out(
    app: GreenChannel, reader: CommandReader, raw: Sequence[msgspec.Raw]
) -> _Answers:
    """Items of one stream go one after the other, streams side by side."""
    answers: list[Answer | Exception] = [LookupError()] * len(raw)
    waves: defaultdict[int, list[_Item]] = defaultdict(list)
    met: Counter[str] = Counter()
    async for number, item in _gently(raw):
        keyed = _tried(reader.keyed, item, f"#{number}")
        if isinstance(keyed, Exception):
            answers[number] = keyed
        else:
            stream = keyed.command.stream
            waves[met[stream]].append(_Item(number, keyed))
            met[stream] += 1
    for wave in waves.values():
        for start in range(0, len(wave), AT_ONCE):
            part = wave[start : start + AT_ONCE]
            written = await _write(app, [item.keyed for item in part])
            for (number, _), answer in zip(part, written, strict=True):
                answers[number] = answer
    taken = [int(a.position) for a in answers if isinstance(a, Answer)]
    return _Answers([_told(a) for a in answers], str(max(taken, default=0)))


async def _write(app: GreenChannel, asked: list[Keyed]) -> list[Answer | Exception]:
    """Decide all, submit all, then wait; who lost a race tries again alone."""
    decided = await _decide(app, asked)
    ready = [one for one in decided if isinstance(one, Decided)]
    attempts = iter(await asyncio.to_thread(_submitted, app, ready))
    answers: list[Answer | Exception] = []
    for keyed, one in zip(asked, decided, strict=True):
        if isinstance(one, Decided):
            answers.append(await _answer(app, keyed, next(attempts)))
        else:
            answers.append(one)
    return answers


async def _decide(app: GreenChannel, asked: list[Keyed]) -> list[Decided | Exception]:
    """A refusal stands only after what other nodes wrote before has been seen."""
    found = [_decided(app, keyed) async for _, keyed in _gently(asked)]
    refused = any(isinstance(one, GreenChannelError) for one in found)
    seen = app.catch_up() if refused else None
    if seen is None:
        return found
    await asyncio.wrap_future(seen)
    return [
        _decided(app, asked[number]) if isinstance(one, GreenChannelError) else one
        async for number, one in _gently(found)
    ]


def _decided(app: GreenChannel, keyed: Keyed) -> Decided | Exception:
    return _tried(app.decide, keyed.command, keyed.request)


def _submitted(app: GreenChannel, ready: list[Decided]) -> list[Attempt]:
    attempts = app.submit(ready)
    wait([attempt.future for attempt in attempts])
    return attempts


async def _answer(
    app: GreenChannel, keyed: Keyed, attempt: Attempt
) -> Answer | Exception:
    error = attempt.future.exception()
    if error is None:
        outcome = attempt.outcome(attempt.future.result())
        return answer_of(keyed.command, outcome)
    if not isinstance(error, IntegrityError):
        return error if isinstance(error, Exception) else RuntimeError(str(error))
    try:
        return await carrying.carry_out(app, keyed)
    except Exception as refusal:  # noqa: BLE001 -- one item's refusal
        return refusal


def _tried(act: Callable[..., T], *given: Any) -> T | Exception:
    try:
        return act(*given)
    except Exception as error:  # noqa: BLE001 -- one item's refusal
        return error


def _told(answer: Answer | Exception) -> Any:
    if isinstance(answer, Answer):
        return answer
    problem = problem_of(answer)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("an item of a batch failed", exc_info=answer)
    return {"problem": problem.body()}


async def _gently(items: Sequence[T]) -> AsyncIterator[tuple[int, T]]:
    for number, item in enumerate(items):
        if number % SLICE == 0:
            await asyncio.sleep(0)
        yield number, item
