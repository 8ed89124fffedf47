"""Follows the log and keeps its findings current: what is new, what is explained."""

from bisect import bisect_right, insort
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from domain import events as e
from domain.findings.finding import Finding, Kind, merged
from domain.findings.judge import Subject, judge_one, subjects_of
from domain.findings.rules import LOOK_BACK
from domain.findings.scene import Scene
from domain.findings.sighting import Sighting, sighting_of
from domain.findings.terms import Terms, counted, told

KEPT = 100
KEPT_FOR = timedelta(days=7)
FIRST = datetime(1, 1, 1, tzinfo=UTC)


class Changes(NamedTuple):
    fresh: dict[str, Finding]
    explained: frozenset[str]


NONE = Changes({}, frozenset())


class Watch:
    """Keeps a week of sightings per subject; what is older stays as it was found."""

    def __init__(self) -> None:
        self.scene = Scene(self._made)
        self._terms: dict[str, Terms] = {}
        self._turns: list[tuple[int, datetime]] = []
        self._trails: defaultdict[Subject, list[Sighting]] = defaultdict(list)
        self._pruned: set[Subject] = set()
        self._found: defaultdict[Subject, dict[str, Finding]] = defaultdict(dict)

    def follow(self, event: e.DomainEvent, position: int) -> Changes:
        if isinstance(event, e.PassScanned):
            return self._see(sighting_of(event))
        stream = event.originator_id
        terms = told(self._terms.get(stream), event)
        if terms is None:
            return NONE
        self._terms[stream] = terms
        self.scene.learn(stream, terms)
        kind, _, name = stream.partition(":")
        if kind in {"pass", "access"}:
            self._turns.append((position, event.event_time))
        return self._judge_again(kind, name)

    def _see(self, one: Sighting) -> Changes:
        if one.device:
            stream = f"device:{one.device}"
            phone = counted(self._terms.get(stream), one)
            self._terms[stream] = phone
            self.scene.learn(stream, phone)
        subjects = list(subjects_of(one, self.scene))
        for subject in subjects:
            trail = self._trails[subject]
            if all(one.fact_id != other.fact_id for other in trail):
                insort(trail, one, key=lambda seen: seen.order)
            self._prune(subject, trail)
        return self._judge(subjects)

    def _judge_again(self, kind: str, name: str) -> Changes:
        """Enrolling explains a strange phone; a post's place, how far it was."""
        if kind == "device":
            return self._judge([("phone", name)])
        if kind != "checkpoint":
            return NONE
        near = [
            subject
            for subject, trail in self._trails.items()
            if any(one.checkpoint == name for one in trail)
        ]
        return self._judge(near)

    def _judge(self, subjects: list[Subject]) -> Changes:
        fresh: dict[str, Finding] = {}
        explained: set[str] = set()
        for subject in subjects:
            trail, before = self._trails[subject], self._found[subject]
            after = merged(judge_one(subject, trail, self.scene))
            kept = self._kept(subject, before)
            told = {old.bucket for old in kept.values()}
            after = {i: new for i, new in after.items() if new.bucket not in told}
            self._found[subject] = kept | after
            fresh |= {i: new for i, new in after.items() if i not in before}
            explained |= before.keys() - after.keys() - kept.keys()
        return Changes(fresh, frozenset(explained))

    def _prune(self, subject: Subject, trail: list[Sighting]) -> None:
        oldest = trail[-1].time - KEPT_FOR
        left = [seen for seen in trail[-KEPT:] if seen.time >= oldest]
        if len(left) < len(trail):
            self._pruned.add(subject)
            trail[:] = left

    def _kept(self, subject: Subject, found: dict[str, Finding]) -> dict[str, Finding]:
        """What was found on sightings that are no longer here stays as it is."""
        if subject not in self._pruned:
            return {}
        since = self._trails[subject][0].time + LOOK_BACK
        return {
            identity: old
            for identity, old in found.items()
            if old.onset_time < since and old.kind != Kind.SEQUENCE_GAP
        }

    def _made(self, position: int) -> datetime | None:
        """The last change of a pass or a key that a list of that position holds."""
        place = bisect_right(self._turns, (position, datetime.max.replace(tzinfo=UTC)))
        return self._turns[place - 1][1] if place else FIRST
