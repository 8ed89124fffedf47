"""Passages from scans: an admitted scan of a vehicle is one of what it carried then.

Scans, take-overs and corrections come in any order, so each side waits for the other:
a week, as long as positions and sightings are kept. A shipment that nobody ends is
left after a month without news, when a scan's own time is no longer believed either.
"""

from collections import Counter, defaultdict, deque
from datetime import datetime
from hashlib import sha256
from heapq import heappop, heappush

import msgspec
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain import trip
from domain.findings.sighting import BELIEVED_BACK, true_time
from domain.findings.watch import KEPT_FOR
from domain.values import Direction, Reporter, Role, ScanDecision

POLICY = Reporter("policy", roles=frozenset({Role.ADMIN}))


class Carried(msgspec.Struct):
    """A shipment's take-overs as they stand corrected, and which passages are told."""

    state: trip.Shipment = trip.Shipment()
    taken: tuple[tuple[datetime, str], ...] = ()
    ended: datetime | None = None
    told: set[str] = msgspec.field(default_factory=set)
    heard: datetime = e.UNSTAMPED

    def learn(self, event: e.ShipmentEvent) -> None:
        self.state, self.heard = trip.evolve(self.state, event), event.record_time
        self.taken = tuple((x.event_time, x.plate) for x in self.state.take_overs())
        ends = [one.event_time for one in self.state.told(e.ShipmentCompleted)]
        self.ended = max(ends, default=None)

    def since(self, plate: str, time: datetime) -> datetime | None:
        """Since when the vehicle has the goods then; None where another does."""
        if self.ended and time > self.ended:
            return None
        before = [one for one in self.taken if one[0] <= time]
        return before[-1][0] if before and before[-1][1] == plate else None

    def leaves(self) -> datetime:
        return self.heard + (KEPT_FOR if self.ended else BELIEVED_BACK)


class Seen(msgspec.Struct):
    """An admitted scan; `wish` is the passage that it is, empty where none."""

    plate: str
    time: datetime
    checkpoint: str
    direction: Direction
    wish: str = ""


class Passages:
    """`wanted` is the policies' list of what is to be done."""

    def __init__(self, wanted: dict[str, c.Command]) -> None:
        self._wanted = wanted
        self._shipments: dict[str, Carried] = {}
        self._on: defaultdict[str, set[str]] = defaultdict(set)
        self._seen: defaultdict[str, deque[Seen]] = defaultdict(deque)
        self._arrived: deque[tuple[datetime, str]] = deque()
        self._leaving: list[tuple[datetime, str]] = []
        self._wishes: Counter[str] = Counter()

    def follow(self, event: e.DomainEvent) -> None:
        shipment_id = event.originator_id.partition(":")[2]
        match event:
            case e.PassScanned() if event.decision == ScanDecision.ADMITTED:
                self._see(event)
            case e.CheckpointReached():
                self._wanted.pop(event.fact_id, None)
                if shipment_id in self._shipments:
                    self._shipments[shipment_id].told.add(event.fact_id)
            case (
                e.GoodsPickedUp()
                | e.VehicleReplaced()
                | e.ShipmentCompleted()
                | e.FactCorrected()
            ):
                self._learn(shipment_id, event)
            case _:
                pass

    def look_at_clocks(self, now: datetime) -> None:
        """What nobody can ask for any more is left."""
        while self._arrived and self._arrived[0][0] + KEPT_FOR <= now:
            _, plate = self._arrived.popleft()
            self._give_up(self._seen[plate].popleft().wish)
            if not self._seen[plate]:
                del self._seen[plate]
        while self._leaving and self._leaving[0][0] <= now:
            _, shipment_id = heappop(self._leaving)
            carried = self._shipments.get(shipment_id)
            if carried and carried.leaves() <= now:
                self._leave(shipment_id)
            elif carried:
                heappush(self._leaving, (carried.leaves(), shipment_id))

    def _see(self, scan: e.PassScanned) -> None:
        time, _ = true_time(scan)
        seen = Seen(scan.plate, time, scan.checkpoint, scan.direction)
        self._seen[scan.plate].append(seen)
        self._arrived.append((scan.record_time, scan.plate))
        self._match(seen)

    def _learn(self, shipment_id: str, event: e.ShipmentEvent) -> None:
        is_new = shipment_id not in self._shipments
        carried = self._shipments.setdefault(shipment_id, Carried())
        before = carried.taken, carried.ended
        carried.learn(event)
        is_same = (carried.taken, carried.ended) == before
        if is_new or not is_same:
            heappush(self._leaving, (carried.leaves(), shipment_id))
        if is_same:
            return
        plates = {plate for _, plate in (*before[0], *carried.taken)}
        for plate in sorted(plates):
            self._on[plate].add(shipment_id)
            for seen in self._seen.get(plate, ()):
                self._match(seen)

    def _match(self, seen: Seen) -> None:
        shipment_id = self._carried(seen.plate, seen.time)
        if not shipment_id:
            self._rename(seen, "")
            return
        command = passage(shipment_id, seen.checkpoint, seen.direction, seen.time)
        self._rename(seen, command.fact_id)
        if command.fact_id not in self._shipments[shipment_id].told:
            self._wanted.setdefault(command.fact_id, command)

    def _rename(self, seen: Seen, wish: str) -> None:
        """What no scan is any more, since another vehicle had the goods, goes."""
        before, seen.wish = seen.wish, wish
        self._wishes[wish] += 1
        if before and self._give_up(before):
            self._wanted.pop(before, None)

    def _give_up(self, wish: str) -> bool:
        """One scan fewer is this passage; whether none is."""
        self._wishes[wish] -= 1
        if self._wishes[wish] > 0:
            return False
        del self._wishes[wish]
        return True

    def _carried(self, plate: str, time: datetime) -> str:
        """The shipment that the vehicle took over last before `time`, if on the way."""
        taken = [
            (since, shipment_id)
            for shipment_id in self._on.get(plate, ())
            if (since := self._shipments[shipment_id].since(plate, time))
        ]
        return max(taken, default=(time, ""))[1]

    def _leave(self, shipment_id: str) -> None:
        facts = self._shipments.pop(shipment_id).state.facts.values()
        for plate in {getattr(fact, "plate", "") for fact in facts} & self._on.keys():
            self._on[plate].discard(shipment_id)
            if not self._on[plate]:
                del self._on[plate]


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
