"""What follows from what: passages from scans, alerts from clocks and queues.

No input or output and no clock: the same history gives the same wishes, whatever the
order in which facts arrived. What a policy causes has a deterministic identity, so
that any node may carry it out and a second time changes nothing.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec.structs import replace

from domain import clocks
from domain import commands as c
from domain import events as e
from domain.alert import alert_id
from domain.clocks import Times
from domain.finding_alerts import FindingAlerts
from domain.findings.sighting import true_time
from domain.values import Direction, Reporter, Role, ScanDecision, Severity

POLICY = Reporter("policy", roles=frozenset({Role.ADMIN}))
NEAR = 5 / 6
"""Of the promise: an hour before six are over, five minutes before a swap's thirty."""
LONG_WAIT_MINUTES = 12


class Policies:
    """Follow every event in the order of the log; `wanted` is what is to be done."""

    def __init__(self) -> None:
        self.wanted: dict[str, c.Command] = {}
        self._carriers: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        self._ended: dict[str, datetime] = {}
        self._scans: defaultdict[str, list[e.PassScanned]] = defaultdict(list)
        self._passes: dict[str, Times] = {}
        self._plates: dict[str, str] = {}
        self._raised: dict[str, set[str]] = defaultdict(set)
        self._findings = FindingAlerts(self.wanted, POLICY)

    def follow(self, event: e.DomainEvent, position: int = 0) -> None:
        """Take in one event; what time alone has made due by then comes first."""
        self.look_at_clocks(event.record_time)
        self._findings.follow(event, position)
        subject = event.originator_id.partition(":")[2]
        match event:
            case e.PassScanned():
                self._scans[event.plate].append(event)
                self._match(event.plate)
            case e.GoodsPickedUp() | e.VehicleReplaced():
                self._carriers[event.plate][subject] = event.event_time
                self._match(event.plate)
            case e.ShipmentCompleted():
                self._ended[subject] = event.event_time
            case e.CheckpointReached():
                self.wanted.pop(event.fact_id, None)
            case e.WaitReported():
                self._weigh_queue(event)
            case e.AlertRaised() | e.AlertResolved():
                self._note_alert(subject, event)
            case _:
                self._follow_pass(subject, event)

    def look_at_clocks(self, now: datetime) -> None:
        """Raise what has come near its deadline, or missed it, or stays odd."""
        self._findings.look_at_clocks(now)
        for pass_id, times in self._passes.items():
            start = times.first_contact_time or times.requested_time
            if start is None or times.requested_time is None:
                continue
            what, promise = _promise(times)
            for state, span, severity in (
                ("near", promise * NEAR, Severity.WARNING),
                ("missed", promise, Severity.CRITICAL),
            ):
                if start + span <= now:
                    kind = f"{what}-deadline-{state}"
                    plate = {"plate": self._plates.get(pass_id, "")}
                    self._raise(kind, pass_id, start + span, severity, plate)

    def _follow_pass(self, pass_id: str, event: e.DomainEvent) -> None:
        if not event.originator_id.startswith("pass:"):
            return
        times = clocks.evolve(self._passes.get(pass_id), event)
        if times.collected_time or times.is_refused:
            self._passes.pop(pass_id, None)
            self._plates.pop(pass_id, None)
            self._resolve(pass_id)
        else:
            self._passes[pass_id] = times
        if isinstance(event, e.PassDrafted | e.PassRequested):
            self._plates[pass_id] = event.plate

    def _match(self, plate: str) -> None:
        """Admitted scans of a vehicle are passages of what it carried then."""
        for scan in self._scans[plate]:
            time, _ = true_time(scan)
            shipment_id = self._carried(plate, time)
            if shipment_id and scan.decision == ScanDecision.ADMITTED:
                command = passage(shipment_id, scan.checkpoint, scan.direction, time)
                self.wanted.setdefault(command.fact_id, command)

    def _carried(self, plate: str, time: datetime) -> str:
        """The shipment that the vehicle took over last before `time`, if on the way."""
        taken = [
            (since, shipment_id)
            for shipment_id, since in self._carriers[plate].items()
            if since <= time <= self._ended.get(shipment_id, time)
        ]
        return max(taken, default=(time, ""))[1]

    def _weigh_queue(self, told: e.WaitReported) -> None:
        if told.wait_minutes < LONG_WAIT_MINUTES:
            self._resolve(told.checkpoint)
            return
        kind, severity = "checkpoint-wait", Severity.WARNING
        details = {"minutes": str(told.wait_minutes), "direction": told.direction}
        self._raise(kind, told.checkpoint, told.event_time, severity, details)

    def _raise(
        self,
        kind: str,
        subject: str,
        onset: datetime,
        severity: Severity,
        details: dict[str, str] | None = None,
    ) -> None:
        identity = alert_id(kind, subject, onset)
        if identity not in self._raised[subject]:
            self._raised[subject].add(identity)
            self.wanted[f"raise {identity}"] = c.RaiseAlert(
                by=POLICY,
                alert_id=identity,
                kind=kind,
                subject=subject,
                onset_time=onset,
                severity=severity,
                details=details or {},
            )

    def _resolve(self, subject: str) -> None:
        for identity in self._raised.pop(subject, ()):
            self.wanted[f"resolve {identity}"] = c.ResolveAlert(
                by=POLICY, alert_id=identity, note="自动：已结束"
            )

    def _note_alert(
        self, identity: str, event: e.AlertRaised | e.AlertResolved
    ) -> None:
        is_raised = isinstance(event, e.AlertRaised)
        self.wanted.pop(
            f"raise {identity}" if is_raised else f"resolve {identity}", None
        )


def _promise(times: Times) -> tuple[str, timedelta]:
    """A truck swap has its own promise, and its own name in the alerts."""
    return "swap" if times.is_swap else "pass", clocks.promise(times)


def passage(
    shipment_id: str, checkpoint: str, direction: Direction, time: datetime
) -> c.ReportCheckpoint:
    """Shipment, checkpoint and direction are its identity, whoever reports it."""
    said = f"{shipment_id} {checkpoint} {direction} 1"
    command = c.ReportCheckpoint(
        by=POLICY,
        shipment_id=shipment_id,
        checkpoint=checkpoint,
        direction=direction,
        event_time=time,
    )
    return replace(command, fact_id=f"passage-{sha256(said.encode()).hexdigest()[:24]}")
