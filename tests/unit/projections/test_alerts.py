"""The row of an alert: what it is after each event."""

from domain import events as e
from domain.values import Severity
from projections.alerts import Alerts
from tests.unit.domain.given import NOW, minutes

STREAM = {"originator_id": "alert:ice:l1:20200216T0200", "originator_version": 1}
RAISED = e.AlertRaised(
    **STREAM,
    event_time=NOW,
    record_time=NOW,
    kind="ice",
    subject="l1",
    onset_time=NOW,
    severity=Severity.WARNING,
)


def folded(*events):
    row = None
    for event in events:
        row = Alerts().fold(row, event)
    return row


def test_what_occurs_again_is_open_and_nobody_has_seen_it():
    later = {"event_time": NOW + minutes(5), "record_time": NOW + minutes(5)}
    seen = e.AlertAssigned(**STREAM, **later, to="值班员")
    resolved = e.AlertResolved(**STREAM, **later)

    assert Alerts().is_closed(folded(RAISED, seen, resolved))
    assert folded(RAISED, seen, resolved, RAISED) == folded(RAISED)
