"""What needs a person now."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.values import Severity
from projections.model import Fold, Moment, Views

_RANK = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}


class AlertRow(msgspec.Struct, frozen=True):
    kind: str = ""
    subject: str = ""
    severity: Severity = Severity.INFO
    onset_time: datetime | None = None
    details: dict[str, str] = {}
    is_acknowledged: bool = False
    assigned_to: str = ""
    muted_until: datetime | None = None
    resolved_time: datetime | None = None


class Alerts(Fold[AlertRow]):
    name = "alerts"
    row = AlertRow
    kind = "alert"

    def fold(self, row: AlertRow | None, event: e.DomainEvent) -> AlertRow:
        row = row or AlertRow()
        match event:
            case e.AlertRaised():
                return AlertRow(
                    kind=event.kind,
                    subject=event.subject,
                    severity=event.severity,
                    onset_time=event.onset_time,
                    details=event.details,
                )
            case e.AlertAcknowledged():
                return replace(row, is_acknowledged=True)
            case e.AlertAssigned():
                return replace(row, is_acknowledged=True, assigned_to=event.to)
            case e.AlertMuted():
                return replace(row, muted_until=event.until_time)
            case e.AlertResolved():
                return replace(row, resolved_time=event.event_time)
            case _:
                return row

    def is_closed(self, row: AlertRow) -> bool:
        return row.resolved_time is not None


class Alert(msgspec.Struct, frozen=True):
    alert_id: str
    kind: str
    subject: str
    severity: Severity
    onset_time: datetime | None
    details: dict[str, str]
    is_acknowledged: bool
    assigned_to: str
    is_muted: bool


class AlertBoard(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    alerts: tuple[Alert, ...]


def board(views: Views, moment: Moment, now: datetime, **_: Any) -> AlertBoard:
    """Open alerts, the gravest and oldest first."""
    view = views["alerts"]
    found = [_alert(key, row, now) for key, row in view.rows(moment, open_only=True)]
    found.sort(key=lambda a: (_RANK[a.severity], a.onset_time or now, a.alert_id))
    return AlertBoard(now, str(view.position), tuple(found))


def _alert(alert_id: str, row: AlertRow, now: datetime) -> Alert:
    return Alert(
        alert_id=alert_id,
        kind=row.kind,
        subject=row.subject,
        severity=row.severity,
        onset_time=row.onset_time,
        details=row.details,
        is_acknowledged=row.is_acknowledged,
        assigned_to=row.assigned_to,
        is_muted=row.muted_until is not None and row.muted_until > now,
    )
