"""What every aggregate's `decide` and `evolve` share: carrying, times, doubles."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeVar

from domain.commands import Command, Report
from domain.errors import NotFoundError, TimeAheadError
from domain.events import DomainEvent
from domain.values import Flag

AHEAD_TOLERATED = timedelta(minutes=10)
LATE_AFTER = timedelta(minutes=30)

E = TypeVar("E", bound=DomainEvent)
S = TypeVar("S")

Decision = Sequence[DomainEvent]
"""Events of the command's own stream, or with `originator_id` set to another's."""


class Aggregate(NamedTuple):
    """`evolve(state or None, event) -> state` is total and never refuses.

    `decide(state or None, command, now) -> events` is pure; it may raise
    GreenChannelError. An empty decision means: known already, nothing changes.
    """

    evolve: Callable[[Any, Any], Any]
    decide: Callable[[Any, Any, datetime], Decision]


def carried(event: type[E], command: Command, **more: Any) -> E:
    """An `event` with the command's fields of the same names, and `more`."""
    values = {name: getattr(command, name) for name in _shared(event, type(command))}
    return event(**(values | more))


@cache
def _shared(event: type[DomainEvent], command: type[Command]) -> tuple[str, ...]:
    return tuple(
        name
        for name in event.__struct_fields__
        if name in command.__struct_fields__ and name not in {"event_time", "flags"}
    )


def reported(
    event: type[E], report: Report, now: datetime, *flags: Flag, **more: Any
) -> E:
    """A fact from a report: its own time, and flags for what is odd about it.

    Raises TimeAheadError if it lies over ten minutes ahead of `now`.
    """
    time = report.event_time or now
    odd = [*report.flags, *time_flags(time, now), *flags]
    if report.event_time is None:
        odd.append(Flag.TIME_ASSUMED)
    if time - now > AHEAD_TOLERATED:
        msg = "The reported time is over ten minutes ahead of the server"
        raise TimeAheadError(msg, now=now.isoformat())
    unique = tuple(dict.fromkeys(odd))
    return carried(event, report, event_time=time, flags=unique, **more)


def time_flags(time: datetime, now: datetime) -> list[Flag]:
    if time > now:
        return [Flag.CLOCK_AHEAD]
    return [Flag.LATE] if now - time > LATE_AFTER else []


def found(state: S | None, kind: str, identifier: str) -> S:
    """The state, or NotFoundError where nothing was recorded yet."""
    if state is None:
        raise NotFoundError(kind, identifier)
    return state
