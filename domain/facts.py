"""Facts without an invariant: scan, disinfection, wait; each a stream of version 1."""

from datetime import datetime, timedelta
from typing import assert_never

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried, reported, time_flags
from domain.plates import normalise_plate
from domain.values import Flag, ScanSource

DISINFECTION_LASTS = timedelta(hours=12)


def decide(told: e.LoneFact | None, command: c.FactCommand, now: datetime) -> Decision:
    if told is not None:
        return []
    match command:
        case c.RecordScan():
            return [_scan(command, now)]
        case c.RecordDisinfection():
            return [_disinfection(command, now)]
        case c.ReportWait():
            return [reported(e.WaitReported, command, now)]
        case _:
            assert_never(command)


def _scan(command: c.RecordScan, now: datetime) -> e.PassScanned:
    """A scan's time is never a reason: kept as reported, with the device's skew."""
    time = command.event_time or now
    odd = [*command.flags, *time_flags(time, now), *_plate_flags(command.plate)]
    if command.event_time is None:
        odd.append(Flag.TIME_ASSUMED)
    if command.source == ScanSource.PAPER:
        odd.append(Flag.PAPER)
    if command.assumed:
        odd.append(Flag.ASSUMED)
    return carried(
        e.PassScanned, command, event_time=time, flags=tuple(dict.fromkeys(odd))
    )


def _disinfection(command: c.RecordDisinfection, now: datetime) -> e.VehicleDisinfected:
    until = command.valid_until or (command.event_time or now) + DISINFECTION_LASTS
    flags = _plate_flags(command.plate)
    if until <= now:
        flags.append(Flag.ALREADY_LAPSED)
    return reported(e.VehicleDisinfected, command, now, *flags, valid_until=until)


def _plate_flags(text: str) -> list[Flag]:
    if not text:
        return [Flag.PLATE_MISSING]
    known = normalise_plate(text).is_known_shape
    return [] if known else [Flag.PLATE_UNKNOWN_SHAPE]


def evolve(told: e.LoneFact | None, event: e.LoneFact) -> e.LoneFact:
    return told or event


AGGREGATE = Aggregate(evolve, decide)
