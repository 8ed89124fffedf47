"""An alert: a person is needed; seen, assigned, muted, resolved, and told once."""

from datetime import UTC, datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried, found
from domain.errors import WrongStateError


class Alert(msgspec.Struct, frozen=True):
    """`claim` is the node that is about to send the notice, until its time is up."""

    occurrence: int = 1
    is_acknowledged: bool = False
    is_resolved: bool = False
    is_sent: bool = False
    claim: e.NoticeClaimed | None = None


def alert_id(kind: str, subject: str, onset_time: datetime) -> str:
    """The same on every node; minutes are enough to tell one onset from the next."""
    onset = onset_time.astimezone(UTC)
    return f"{kind}:{subject}:{onset:%Y%m%dT%H%M}"


def decide(alert: Alert | None, command: c.AlertCommand, now: datetime) -> Decision:
    if isinstance(command, c.RaiseAlert):
        return [carried(e.AlertRaised, command)] if _is_new(alert, command) else []
    alert = found(alert, "alert", command.alert_id)
    match command:
        case c.AcknowledgeAlert():
            known = alert.is_acknowledged
            return [] if known else [carried(e.AlertAcknowledged, command)]
        case c.AssignAlert():
            _check_open(alert, "assign it")
            return [carried(e.AlertAssigned, command)]
        case c.MuteAlert():
            _check_open(alert, "mute it")
            return [carried(e.AlertMuted, command)]
        case c.ResolveAlert():
            known = alert.is_resolved or _is_behind(alert, command)
            return [] if known else [carried(e.AlertResolved, command)]
        case c.ClaimNotice():
            _check_claim(alert, command.node, now)
            return [carried(e.NoticeClaimed, command)]
        case c.MarkNoticeSent():
            return [] if alert.is_sent else [carried(e.NoticeSent, command)]
        case _:
            assert_never(command)


def evolve(alert: Alert | None, event: e.AlertEvent) -> Alert:
    alert = alert or Alert()
    match event:
        case e.AlertRaised():
            return Alert(occurrence=event.occurrence)
        case e.AlertAcknowledged() | e.AlertAssigned():
            return replace(alert, is_acknowledged=True)
        case e.AlertResolved():
            return replace(alert, is_resolved=True)
        case e.NoticeClaimed():
            return replace(alert, claim=event)
        case e.NoticeSent():
            return replace(alert, is_sent=True)
        case e.AlertMuted():
            return alert
        case _:
            assert_never(event)


def _is_new(alert: Alert | None, command: c.RaiseAlert) -> bool:
    """Once per occurrence, and the next only when the last was resolved."""
    if alert is None:
        return True
    return alert.is_resolved and command.occurrence > alert.occurrence


def _is_behind(alert: Alert, command: c.ResolveAlert) -> bool:
    return (command.occurrence or alert.occurrence) < alert.occurrence


def _check_open(alert: Alert, wanted: str) -> None:
    if alert.is_resolved:
        raise WrongStateError("alert", "resolved", wanted)


def _check_claim(alert: Alert, node: str, now: datetime) -> None:
    """Another node's claim stands until it expires; then it may be taken over."""
    if alert.is_sent:
        raise WrongStateError("notice", "sent", "claim it")
    claim = alert.claim
    if claim and claim.node != node and claim.until_time > now:
        raise WrongStateError("notice", "claimed", "claim it")


AGGREGATE = Aggregate(evolve, decide)
