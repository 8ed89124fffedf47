"""A scan as the rules see it: who was seen, where, and when by the node's clock."""

from datetime import UTC, datetime, timedelta

import msgspec

from domain import events as e
from domain.values import Direction, Flag, ScanDecision, ScanSource

BELIEVED_BACK = timedelta(days=31)
BELIEVED_AHEAD = timedelta(minutes=10)


class Sighting(msgspec.Struct, frozen=True):
    """`is_believed`: its time is possible; `is_timed`: and it was no paper record.

    A paper's minute is a guess, so nothing is concluded from a paper's time alone.
    """

    fact_id: str
    time: datetime
    checkpoint: str
    direction: Direction
    plate: str
    pass_number: str
    decision: ScanDecision
    device: str = ""
    sequence: int | None = None
    lists: dict[str, int] = {}
    is_believed: bool = True
    is_timed: bool = True
    is_of_revoked: bool = False

    @property
    def is_admitted(self) -> bool:
        return self.decision == ScanDecision.ADMITTED

    @property
    def order(self) -> tuple[datetime, str]:
        return (self.time, self.fact_id)


def sighting_of(scan: e.PassScanned) -> Sighting:
    time, is_believed = true_time(scan)
    return Sighting(
        fact_id=scan.fact_id,
        time=time,
        checkpoint=scan.checkpoint,
        direction=scan.direction,
        plate=scan.plate,
        pass_number=scan.pass_number,
        decision=scan.decision,
        device=scan.device,
        sequence=scan.sequence,
        lists=scan.lists,
        is_believed=is_believed,
        is_timed=is_believed and scan.source != ScanSource.PAPER,
        is_of_revoked=Flag.DEVICE_REVOKED in scan.flags,
    )


def true_time(scan: e.PassScanned) -> tuple[datetime, bool]:
    """The phone's time less its measured skew; when we learned it if that cannot be.

    A clock at 1970 or 2090 tells nothing, so such a scan counts as of its arrival.
    """
    learned = scan.record_time.astimezone(UTC)
    try:
        time = scan.event_time.astimezone(UTC) - timedelta(seconds=scan.skew_seconds)
    except OverflowError:
        return learned, False
    if learned - BELIEVED_BACK <= time <= learned + BELIEVED_AHEAD:
        return time, True
    return learned, False
