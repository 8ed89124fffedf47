"""Facts without an invariant: disinfection, wait, scan; each a stream of version 1.

What is odd about what a post tells is looked up beside it: see domain/scan.py.
"""

from datetime import datetime, timedelta

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, reported
from domain.plates import normalise_plate
from domain.values import Flag

DISINFECTION_LASTS = timedelta(hours=12)


def decide(
    told: e.LoneFact | None, command: c.RecordDisinfection, now: datetime
) -> Decision:
    if told is not None:
        return []
    until = command.valid_until or (command.event_time or now) + DISINFECTION_LASTS
    flags = plate_flags(command.plate)
    if until <= now:
        flags.append(Flag.ALREADY_LAPSED)
    return [reported(e.VehicleDisinfected, command, now, *flags, valid_until=until)]


def plate_flags(text: str) -> list[Flag]:
    if not text:
        return [Flag.PLATE_MISSING]
    known = normalise_plate(text).is_known_shape
    return [] if known else [Flag.PLATE_UNKNOWN_SHAPE]


def evolve(told: e.LoneFact | None, event: e.LoneFact) -> e.LoneFact:
    return told or event


AGGREGATE = Aggregate(evolve, decide)
