"""The two clocks of a pass, folded from its events.

In hand: first contact to the pass opened or printed, never paused; a refusal ends it.
Desk: submission to decision, less the time that the desk waited for the applicant.
"""

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from domain import events as e

PROMISE = timedelta(hours=6)
"""The county's word: a pass in hand within six hours."""
SWAP_PROMISE = timedelta(minutes=30)
"""For a truck swap: the goods stand on the road."""


class Times(msgspec.Struct, frozen=True, gc=False):
    """`asked_time` is set while the desk waits; `waited_seconds` is what is over."""

    first_contact_time: datetime | None = None
    requested_time: datetime | None = None
    decided_time: datetime | None = None
    collected_time: datetime | None = None
    asked_time: datetime | None = None
    waited_seconds: float = 0
    is_refused: bool = False
    is_swap: bool = False


def evolve(times: Times | None, event: e.DomainEvent) -> Times:
    times, time = times or Times(), event.event_time
    match event:
        case e.PassDrafted():
            contact, is_swap = event.first_contact_time, bool(event.replaces)
            return replace(times, first_contact_time=contact, is_swap=is_swap)
        case e.PassRequested():
            return replace(times, requested_time=time)
        case e.PassInformationRequested():
            return replace(times, asked_time=time)
        case e.PassInformationSupplied():
            return _answered(times, time)
        case e.PassApproved() | e.PassRefused():
            is_refused = isinstance(event, e.PassRefused)
            answered = _answered(times, time)
            return replace(answered, decided_time=time, is_refused=is_refused)
        case e.PassCollected():
            first = min(times.collected_time or time, time)
            return replace(times, collected_time=first)
        case _:
            return times


def in_hand(times: Times, now: datetime) -> timedelta:
    """How long the applicant has been at it, or was."""
    end = times.collected_time or (times.decided_time if times.is_refused else None)
    return _span(times.first_contact_time, end or now)


def desk(times: Times, now: datetime) -> timedelta:
    """How long the desk has been at it, or was."""
    end = times.decided_time or times.asked_time or now
    waited = timedelta(seconds=times.waited_seconds)
    return max(timedelta(0), _span(times.requested_time, end) - waited)


def promise(times: Times) -> timedelta:
    return SWAP_PROMISE if times.is_swap else PROMISE


def deadline(times: Times) -> datetime | None:
    start = times.first_contact_time or times.requested_time
    return start and start + promise(times)


def _answered(times: Times, time: datetime) -> Times:
    if times.asked_time is None:
        return times
    waited = times.waited_seconds + max(0.0, (time - times.asked_time).total_seconds())
    return replace(times, asked_time=None, waited_seconds=waited)


def _span(start: datetime | None, end: datetime) -> timedelta:
    return max(timedelta(0), end - start) if start else timedelta(0)
