"""Everything that scans are judged by, found by number, plate, lane, post and phone."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from domain.findings.terms import (
    KeyTerms,
    LaneTerms,
    PassTerms,
    PhoneTerms,
    PostTerms,
    Terms,
)
from domain.values import GeoPoint

Made = Callable[[int], datetime | None]


class Scene:
    """`made(position)`: what time a list of that position knows of; None: of all."""

    def __init__(self, made: Made = lambda _: None) -> None:
        self.made = made
        self.passes: dict[str, PassTerms] = {}
        self.lanes: dict[str, LaneTerms] = {}
        self.posts: dict[str, PostTerms] = {}
        self.phones: dict[str, PhoneTerms] = {}
        self._by_plate: defaultdict[str, set[str]] = defaultdict(set)
        self._keys: dict[str, KeyTerms] = {}
        self._changes: list[datetime] = []
        self._key_changes: list[datetime] = []

    def learn(self, stream: str, terms: Terms) -> None:
        """The terms of a stream as they are now; earlier ones are replaced."""
        name = stream.partition(":")[2]
        match terms:
            case PassTerms():
                self._learn_pass(terms)
            case LaneTerms():
                self.lanes[name] = terms
            case PostTerms():
                self.posts[name] = terms
            case PhoneTerms():
                self.phones[name] = terms
            case KeyTerms():
                self._learn_key(name, terms)

    def point_of(self, checkpoint: str, time: datetime) -> GeoPoint | None:
        post = self.posts.get(checkpoint)
        return post.point_at(time) if post else None

    def owner_of(self, number: str) -> str:
        """The plate that a pass was given to."""
        known = self.passes.get(number)
        return known.plate if known else ""

    def standing(self, plate: str, time: datetime) -> Iterable[str]:
        """The numbers of the vehicle's passes that stand at `time`."""
        for number in sorted(self._by_plate.get(plate, ())):
            if not self.passes[number].trouble(time):
                yield number

    def last_change(self, time: datetime) -> datetime | None:
        """When a pass last ended, or stood again, by `time`."""
        return _last(self._changes, time)

    def last_key_change(self, time: datetime) -> datetime | None:
        """When a key that signs was last published or revoked, by `time`."""
        return _last(self._key_changes, time)

    def _learn_pass(self, terms: PassTerms) -> None:
        if not terms.number:
            return
        before = self.passes.get(terms.number, PassTerms())
        for when, _ in terms.turns[len(before.turns) :]:
            insort(self._changes, when)
        self.passes[terms.number] = terms
        self._by_plate[terms.plate].add(terms.number)

    def _learn_key(self, name: str, terms: KeyTerms) -> None:
        if not terms.is_signing:
            return
        for when in terms.turns[len(self._keys.get(name, KeyTerms()).turns) :]:
            insort(self._key_changes, when)
        self._keys[name] = terms


def _last(changes: list[datetime], time: datetime) -> datetime | None:
    place = bisect_right(changes, time)
    return changes[place - 1] if place else None
