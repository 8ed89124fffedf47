"""Streams whose first event says it all: a request, a number, a code, a reference."""

from datetime import datetime
from typing import NoReturn

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate
from domain.errors import RefusedError

Once = e.RequestHandled | e.PassNumberTaken | e.PassReferenceGiven | e.ShortCodeTaken


def decide(once: Once | None, command: c.Command, now: datetime) -> NoReturn:
    _ = once, now
    msg = f"{type(command).__name__} is not asked of this stream"
    raise RefusedError(msg)


def evolve(once: Once | None, event: Once) -> Once:
    return once or event


AGGREGATE = Aggregate(evolve, decide)
