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
