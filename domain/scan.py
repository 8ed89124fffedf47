"""Scans and waits at a post: they happened, so they are taken; odd ones are flagged.

A phone that was never enrolled, or was revoked before its queue came in, still tells
of trucks that passed: its scans are flagged, and findings judge them.
"""

from datetime import datetime

from domain import commands as c
from domain import events as e
from domain.decider import Decision, carried, reported, time_flags
from domain.facts import plate_flags
from domain.passes import Load
from domain.road import lane_flags
from domain.values import Flag, ScanSource


def record(load: Load, command: c.RecordScan, now: datetime) -> Decision:
    """Its time is never a reason: kept as reported, with the device's skew."""
    if load(command.stream) is not None:
        return []
    time = command.event_time or now
    odd = [
        *command.flags,
        *time_flags(time, now),
        *plate_flags(command.plate),
        *_own_flags(command),
        *_device_flags(load, command.device),
        *_checkpoint_flags(load, command.checkpoint),
        *_lane_flags(load, command.checkpoint, time),
        *_pass_flags(load, command),
    ]
    unique = tuple(dict.fromkeys(odd))
    return [carried(e.PassScanned, command, event_time=time, flags=unique)]


def report_wait(load: Load, command: c.ReportWait, now: datetime) -> Decision:
    if load(command.stream) is not None:
        return []
    odd = _checkpoint_flags(load, command.checkpoint)
    return [reported(e.WaitReported, command, now, *odd)]


def _own_flags(command: c.RecordScan) -> list[Flag]:
    odd = []
    if command.event_time is None:
        odd.append(Flag.TIME_ASSUMED)
    if command.source == ScanSource.PAPER:
        odd.append(Flag.PAPER)
    if command.assumed:
        odd.append(Flag.ASSUMED)
    return odd


def _device_flags(load: Load, name: str) -> list[Flag]:
    if not name:
        return []
    device = load(f"device:{name}")
    if device is None:
        return [Flag.DEVICE_UNKNOWN]
    return [Flag.DEVICE_REVOKED] if device.is_revoked else []


def _checkpoint_flags(load: Load, code: str) -> list[Flag]:
    checkpoint = load(f"checkpoint:{code}")
    if checkpoint is None:
        return [Flag.UNREGISTERED]
    return [] if checkpoint.is_open else [Flag.CHECKPOINT_CLOSED]


def _lane_flags(load: Load, code: str, time: datetime) -> list[Flag]:
    checkpoint = load(f"checkpoint:{code}")
    return lane_flags(load, checkpoint.lane, time) if checkpoint else []


def _pass_flags(load: Load, command: c.RecordScan) -> list[Flag]:
    """Another vehicle or crew than the pass that it showed is for."""
    taken = command.pass_number and load(f"pass-number:{command.pass_number}")
    a_pass = taken and load(f"pass:{taken.pass_id}")
    if not (a_pass and a_pass.request):
        return []
    known = {"", a_pass.plate, a_pass.request.trailer}
    flags = [] if command.plate in known else [Flag.VEHICLE_UNEXPECTED]
    is_odd = command.crew_count not in {None, a_pass.request.crew_count}
    return [*flags, Flag.CREW_MISMATCH] if is_odd else flags
