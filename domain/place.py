"""A place on the map; one that nobody has verified arms no geofence."""

from datetime import datetime
from typing import assert_never

import msgspec

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried, found
from domain.errors import AlreadyExistsError


class Place(msgspec.Struct, frozen=True):
    is_verified: bool = False


def decide(place: Place | None, command: c.PlaceCommand, now: datetime) -> Decision:
    _ = now
    match command:
        case c.RegisterPlace():
            if place is not None:
                raise AlreadyExistsError("place", command.place)
            return [carried(e.PlaceRegistered, command)]
        case c.VerifyPlace():
            found(place, "place", command.place)
            return [carried(e.PlaceVerified, command)]
        case _:
            assert_never(command)


def evolve(place: Place | None, event: e.PlaceEvent) -> Place:
    _ = place
    match event:
        case e.PlaceRegistered():
            return Place(event.is_verified)
        case e.PlaceVerified():
            return Place(is_verified=True)
        case _:
            assert_never(event)


AGGREGATE = Aggregate(evolve, decide)
