"""A vehicle: whose it is, which devices ride on it, which passes it holds."""

from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried
from domain.errors import (
    AlreadyExistsError,
    NotFoundError,
    PlateShapeError,
)
from domain.plates import normalise_plate


class Vehicle(msgspec.Struct, frozen=True):
    """`passes` are those not released, whatever their window."""

    organisation: str = ""
    passes: tuple[e.PassAssigned, ...] = ()
    devices: tuple[e.DeviceAssigned, ...] = ()

    def pass_at(self, time: datetime) -> e.PassAssigned | None:
        live = (p for p in self.passes if p.valid_from <= time < p.valid_until)
        return next(live, None)


def decide(
    vehicle: Vehicle | None, command: c.VehicleCommand, now: datetime
) -> Decision:
    vehicle = vehicle or Vehicle()
    match command:
        case c.RegisterVehicle():
            return _register(vehicle, command)
        case c.AssignDevice():
            if not command.by.may_speak_for(vehicle.organisation):
                raise NotFoundError("vehicle", command.plate)
            since = command.from_time or now
            return [carried(e.DeviceAssigned, command, from_time=since)]
        case _:
            assert_never(command)


def _register(vehicle: Vehicle, command: c.RegisterVehicle) -> Decision:
    if not command.by.may_speak_for(command.organisation):
        raise NotFoundError("organisation", command.organisation)
    if not normalise_plate(command.plate).is_known_shape:
        msg = "The plate has no known shape; is it spelt right?"
        raise PlateShapeError(msg, plate=command.plate)
    if vehicle.organisation == command.organisation:
        return []
    if vehicle.organisation:
        raise AlreadyExistsError("vehicle", command.plate)
    return [carried(e.VehicleRegistered, command)]


def evolve(vehicle: Vehicle | None, event: e.VehicleEvent) -> Vehicle:
    vehicle = vehicle or Vehicle()
    match event:
        case e.VehicleRegistered():
            return replace(vehicle, organisation=event.organisation)
        case e.DeviceAssigned():
            return replace(vehicle, devices=(*vehicle.devices, event))
        case e.PassAssigned():
            return replace(vehicle, passes=(*vehicle.passes, event))
        case e.PassReleased():
            left = tuple(p for p in vehicle.passes if p.pass_id != event.pass_id)
            return replace(vehicle, passes=left)
        case _:
            assert_never(event)


AGGREGATE = Aggregate(evolve, decide)
