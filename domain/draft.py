"""First contact: an application is drafted, and its status gets a reference."""

from datetime import datetime
from hashlib import sha256

from domain import commands as c
from domain import events as e
from domain.decider import AHEAD_TOLERATED, Decision, carried
from domain.errors import AlreadyExistsError, NotFoundError, TimeAheadError
from domain.passes import Load, check_plate


def draft(load: Load, command: c.DraftPass, now: datetime) -> Decision:
    """PassDrafted, and version 1 of the reference's stream in the same batch."""
    if not command.by.may_speak_for(command.organisation):
        raise NotFoundError("organisation", command.organisation)
    if load(command.stream) is not None:
        raise AlreadyExistsError("pass", command.pass_id)
    check_plate(command.plate)
    contact = command.first_contact_time or now
    if contact - now > AHEAD_TOLERATED:
        msg = "The first contact lies over ten minutes ahead of the server"
        raise TimeAheadError(msg, now=now.isoformat())
    if load(f"issuer:{command.issuer}") is None:
        raise NotFoundError("issuer", command.issuer)
    for old_id in filter(None, (command.replaces, command.renews)):
        old = load(f"pass:{old_id}")
        if old is None or old.organisation != command.organisation:
            raise NotFoundError("pass", old_id)
    drafted = carried(e.PassDrafted, command, first_contact_time=contact)
    return [drafted, *_reference(load, command)]


def reference_stream(reference: str) -> str:
    """Only the hash of the secret names the stream: the log tells it to nobody."""
    return f"pass-reference:{sha256(reference.encode()).hexdigest()}"


def _reference(load: Load, command: c.DraftPass) -> list[e.PassReferenceGiven]:
    if not command.reference:
        return []
    stream = reference_stream(command.reference)
    if load(stream) is not None:
        raise AlreadyExistsError("reference", command.pass_id)
    return [e.PassReferenceGiven(originator_id=stream, pass_id=command.pass_id)]
