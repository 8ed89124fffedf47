"""Everything that scans are judged by, found by number, plate, lane, post and phone."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from domain.findings.terms import LaneTerms, PassTerms, PhoneTerms, PostTerms, Terms
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
        self._changes: list[datetime] = []

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
        place = bisect_right(self._changes, time)
        return self._changes[place - 1] if place else None

    def _learn_pass(self, terms: PassTerms) -> None:
        if not terms.number:
            return
        before = self.passes.get(terms.number, PassTerms())
        for when, _ in terms.turns[len(before.turns) :]:
            insort(self._changes, when)
        self.passes[terms.number] = terms
        self._by_plate[terms.plate].add(terms.number)
