"""A phone or tablet at a post: enrolled, and revoked when it is lost."""

from datetime import datetime
from typing import assert_never

import msgspec

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried, found
from domain.errors import AlreadyExistsError


class Device(msgspec.Struct, frozen=True):
    checkpoint: str = ""
    is_revoked: bool = False


def decide(device: Device | None, command: c.DeviceCommand, now: datetime) -> Decision:
    _ = now
    match command:
        case c.EnrolDevice():
            if device and not device.is_revoked:
                raise AlreadyExistsError("device", command.device)
            return [carried(e.DeviceEnrolled, command)]
        case c.RevokeDevice():
            known = found(device, "device", command.device).is_revoked
            return [] if known else [carried(e.DeviceRevoked, command)]
        case _:
            assert_never(command)


def evolve(device: Device | None, event: e.DeviceEvent) -> Device:
    match event:
        case e.DeviceEnrolled():
            return Device(event.checkpoint)
        case e.DeviceRevoked():
            return Device(device.checkpoint if device else "", is_revoked=True)
        case _:
            assert_never(event)


AGGREGATE = Aggregate(evolve, decide)
