"""An issuer of passes: a county bureau or a town with its own block of serials."""

import re
from datetime import datetime

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried
from domain.errors import AlreadyExistsError, RefusedError

MAX_SERIAL = 999_999
MAX_VALIDITY_DAYS = 366
Issuer = e.IssuerOpened
"""The state of an issuer is the event that opened it."""


def decide(issuer: Issuer | None, command: c.OpenIssuer, now: datetime) -> Decision:
    _ = now
    if issuer is not None:
        raise AlreadyExistsError("issuer", command.issuer)
    if not re.fullmatch(r"[0-9]{6}", command.division_code):
        msg = "A division code has six digits (GB/T 2260)"
        raise RefusedError(msg)
    if not 0 <= command.serial_from <= command.serial_until <= MAX_SERIAL:
        msg = "A block of serials lies between 0 and 999999"
        raise RefusedError(msg)
    if not 1 <= command.validity_days <= MAX_VALIDITY_DAYS:
        msg = "A pass is valid for 1 to 366 days"
        raise RefusedError(msg)
    return [carried(e.IssuerOpened, command)]


def evolve(issuer: Issuer | None, event: e.IssuerOpened) -> Issuer:
    return issuer or event


AGGREGATE = Aggregate(evolve, decide)
