"""What passes, lanes, posts and phones were at a time: what scans are judged by."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.findings.runs import Run, with_sequence
from domain.findings.sighting import Sighting
from domain.values import GeoPoint

Span = tuple[datetime, datetime | None]


class PassTerms(msgspec.Struct, frozen=True, tag="pass"):
    """`turns`: when it ended or stood again, and why; empty is: it stands again."""

    number: str = ""
    plate: str = ""
    lane: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    turns: tuple[tuple[datetime, str], ...] = ()

    def trouble(self, time: datetime) -> str:
        """Why it does not stand at `time`, or nothing."""
        past = [why for when, why in self.turns if when <= time]
        if past and past[-1]:
            return past[-1]
        if self.valid_from and time < self.valid_from:
            return "early"
        return "expired" if self.valid_until and time >= self.valid_until else ""


class LaneTerms(msgspec.Struct, frozen=True, tag="lane"):
    checkpoints: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()
    diversions: tuple[Span, ...] = ()

    def is_diverted(self, time: datetime) -> bool:
        return _is_within(self.diversions, time)


class PostTerms(msgspec.Struct, frozen=True, tag="post"):
    lane: str = ""
    points: tuple[tuple[datetime, GeoPoint], ...] = ()

    def point_at(self, time: datetime) -> GeoPoint:
        """Where it stood; before it was registered, where it was first."""
        past = [point for since, point in self.points if since <= time]
        return past[-1] if past else self.points[0][1]


class PhoneTerms(msgspec.Struct, frozen=True, tag="phone"):
    is_enrolled: bool = False
    revoked: tuple[Span, ...] = ()
    runs: tuple[Run, ...] = ()

    def is_revoked(self, time: datetime) -> bool:
        return _is_within(self.revoked, time)


class KeyTerms(msgspec.Struct, frozen=True, tag="key"):
    """`turns`: when it was published and revoked. Other keys sign no list."""

    is_signing: bool = False
    turns: tuple[datetime, ...] = ()


Terms = PassTerms | LaneTerms | PostTerms | PhoneTerms | KeyTerms
_WHY: dict[type[e.DomainEvent], str] = {
    e.PassSuspended: "suspended",
    e.PassReinstated: "",
    e.PassRevoked: "revoked",
    e.PassReplaced: "replaced",
}


def told(terms: Any, event: e.DomainEvent) -> Terms | None:
    """The terms after an event of their stream; None where it says nothing to them."""
    match event:
        case e.PassApproved():
            known = terms or PassTerms()
            return replace(
                known,
                number=event.number,
                plate=event.plate,
                lane=event.lane,
                valid_from=event.valid_from,
                valid_until=event.valid_until,
            )
        case e.PassSuspended() | e.PassReinstated() | e.PassRevoked():
            return _turned(terms, event)
        case e.PassReplaced():
            return _turned(terms, event)
        case e.LaneOpened():
            return LaneTerms(event.checkpoints)
        case e.LaneDiverted() | e.LaneReopened() | e.LaneClosed():
            return _diverted(terms or LaneTerms(), event)
        case e.CheckpointOpened() | e.CheckpointMoved():
            return _placed(terms or PostTerms(), event)
        case e.DeviceEnrolled() | e.DeviceRevoked():
            return _enrolled(terms or PhoneTerms(), event)
        case e.SigningKeyPublished():
            return KeyTerms(is_signing=True, turns=(event.event_time,))
        case e.KeyRevoked():
            key: KeyTerms = terms or KeyTerms()
            return replace(key, turns=(*key.turns, event.event_time))
        case _:
            return None


def counted(phone: Any, seen: Sighting) -> PhoneTerms:
    """The phone after one of its scans."""
    known: PhoneTerms = phone or PhoneTerms()
    if seen.sequence is None:
        return known
    return replace(known, runs=with_sequence(known.runs, seen))


def _turned(terms: Any, event: e.DomainEvent) -> PassTerms:
    known: PassTerms = terms or PassTerms()
    turn = (event.event_time, _WHY[type(event)])
    return replace(known, turns=(*known.turns, turn))


def _diverted(
    lane: LaneTerms, event: e.LaneDiverted | e.LaneReopened | e.LaneClosed
) -> LaneTerms:
    ended = _ended(lane.diversions, event.event_time)
    if not isinstance(event, e.LaneDiverted):
        return replace(lane, diversions=ended)
    more = tuple(code for code in event.substitutes if code not in lane.substitutes)
    span = (event.event_time, event.until_time)
    return replace(
        lane,
        substitutes=lane.substitutes + more,
        diversions=(*ended, span),
    )


def _placed(
    post: PostTerms, event: e.CheckpointOpened | e.CheckpointMoved
) -> PostTerms:
    lane = event.lane if isinstance(event, e.CheckpointOpened) else post.lane
    return PostTerms(lane, (*post.points, (event.event_time, event.point)))


def _enrolled(
    phone: PhoneTerms, event: e.DeviceEnrolled | e.DeviceRevoked
) -> PhoneTerms:
    if isinstance(event, e.DeviceRevoked):
        return replace(phone, revoked=(*phone.revoked, (event.event_time, None)))
    ended = _ended(phone.revoked, event.event_time)
    return replace(phone, is_enrolled=True, revoked=ended)


def _ended(spans: tuple[Span, ...], time: datetime) -> tuple[Span, ...]:
    return tuple(
        (start, time if end is None or end > time else end) for start, end in spans
    )


def _is_within(spans: tuple[Span, ...], time: datetime) -> bool:
    return any(start <= time and (not end or time < end) for start, end in spans)
