"""Eleven properties of a history; each check yields what contradicts it.

The store publishes the order that it claims (positions), so the order need not be
searched for: it is replayed, and compared with what clients saw and when.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from tests.faults.history import Entry, Final, Operation
from tests.faults.liveness import silences


class Violation(NamedTuple):
    kind: str
    what: str


class Evidence:
    """A history beside what the nodes hold in the end."""

    def __init__(self, operations: Sequence[Operation], finals: Sequence[Final]):
        self.operations, self.finals = operations, finals
        self.log: Sequence[Entry] = max(
            (final.entries for final in finals), key=len, default=()
        )
        self.at: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.log:
            self.at[entry.state].append(entry)
        self.writes = [each for each in operations if each.kind == "write"]
        self.told = [w for w in self.writes if w.outcome == "ok" and w.positions]
        self.reads = [
            each
            for each in operations
            if each.kind in {"read", "barrier"} and each.outcome == "ok"
        ]

    def positions(self, write: Operation) -> list[int]:
        """Where its events stand, for those that do."""
        return [self.at[e.state][0].position for e in write.events if self.at[e.state]]


class Report(NamedTuple):
    evidence: Evidence
    violations: list[Violation]

    @property
    def is_clean(self) -> bool:
        return not self.violations

    @property
    def kinds(self) -> set[str]:
        return {violation.kind for violation in self.violations}

    def last_line(self) -> str:
        found = Counter(violation.kind for violation in self.violations)
        writes = Counter(write.outcome for write in self.evidence.writes)
        return (
            f"acknowledged {writes['ok']}, lost {found['lost']},"
            f" doubled {found['doubled']}, reordered {found['reordered']},"
            f" unknown {writes['unknown']},"
            f" nodes agree {'no' if found['replicas'] else 'yes'}"
        )


def check(operations: Sequence[Operation], finals: Sequence[Final]) -> Report:
    evidence = Evidence(operations, finals)
    found = [violation for each in CHECKS for violation in each(evidence)]
    return Report(evidence, found)


def replicas(evidence: Evidence) -> Iterator[Violation]:
    """1. All nodes hold the same, undamaged."""
    if not evidence.finals:
        yield Violation("replicas", "no node is left")
        return
    for final in evidence.finals:
        for what in final.damage:
            yield Violation("damaged", f"{final.node}: {what}")
    first = evidence.finals[0]
    for final in evidence.finals[1:]:
        if (final.digest, final.entries) != (first.digest, first.entries):
            pairs = zip(first.entries, final.entries, strict=False)
            apart = next((a for a, b in pairs if a != b), "the end")
            what = f"{first.node} and {final.node} differ at {apart}"
            yield Violation("replicas", what)


def gaps(evidence: Evidence) -> Iterator[Violation]:
    """2. Positions count from 1; the versions of a stream follow each other."""
    last: dict[str, int] = {}
    for number, entry in enumerate(evidence.log, 1):
        if entry.position != number:
            yield Violation("gap", f"position {entry.position} is the {number}th")
        before = last.get(entry.stream)
        if before is not None and entry.version != before + 1:
            yield Violation("gap", f"{entry} follows version {before}")
        last[entry.stream] = entry.version


def acknowledged(evidence: Evidence) -> Iterator[Violation]:
    """3. What was acknowledged is there, once, at the positions that were told."""
    for state, entries in evidence.at.items():
        if len(entries) > 1:
            yield Violation("doubled", f"{state} at {[e.position for e in entries]}")
    for write in evidence.told:
        found = tuple(evidence.positions(write))
        if len(found) < len(write.events):
            yield Violation("lost", f"{write}")
        elif found != write.positions:
            yield Violation("reordered", f"{write} stands at {found}")


def refused(evidence: Evidence) -> Iterator[Violation]:
    """4. What was refused is absent, and something begun before stood in its way."""
    began = {e.state: w.invoked for w in evidence.writes for e in w.events}
    holder = {(e.stream, e.version): e.state for e in evidence.log}
    tracked = _first_tracked(evidence)
    for write in evidence.writes:
        if write.outcome != "fail":
            continue
        if evidence.positions(write):
            yield Violation("refused", f"{write} took effect")
        ahead = [
            began.get(holder[event.stream, event.version], inf)
            for event in write.events
            if (event.stream, event.version) in holder
        ]
        if write.tracking:
            ahead.append(tracked.get(write.tracking, inf))
        if min(ahead, default=inf) >= write.returned:
            yield Violation("refused", f"{write} conflicts with nothing")


def unknown(evidence: Evidence) -> Iterator[Violation]:
    """5. After a barrier of its node, nothing open takes effect any more."""
    barriers = defaultdict(list)
    for each in evidence.operations:
        if each.kind == "barrier" and each.outcome == "ok":
            barriers[each.node, each.life].append(each)
    for write in evidence.writes:
        if write.outcome != "unknown" or write.returned == inf:
            continue
        late = max(evidence.positions(write), default=0)
        for barrier in barriers[write.node, write.life]:
            if barrier.invoked > write.returned and barrier.position < late:
                yield Violation("unsettled", f"{write} took effect after {barrier}")
                break


def torn(evidence: Evidence) -> Iterator[Violation]:
    """6. A batch is there whole and together, or not at all."""
    for write in evidence.writes:
        found = evidence.positions(write)
        if found and found != list(range(found[0], found[0] + len(write.events))):
            yield Violation("torn", f"{write} stands at {found}")


def real_time(evidence: Evidence) -> Iterator[Violation]:
    """7. What was answered, or shown, before another began stands before it."""
    done = [(write.returned, max(write.positions)) for write in evidence.told]
    done += [(read.returned, read.position) for read in evidence.reads]
    for write, last in _highest_before(done, evidence.writes):
        found = evidence.positions(write)
        if found and min(found) <= last:
            what = f"{write} stands at {found}; {last} was there when it began"
            yield Violation("reordered", what)


def stale(evidence: Evidence) -> Iterator[Violation]:
    """8. A node shows what it acknowledged, and never less than before.

    After a barrier it shows what any node had acknowledged.
    """
    everything = [(write.returned, max(write.positions)) for write in evidence.told]
    barriers = [read for read in evidence.reads if read.kind == "barrier"]
    for read, last in _highest_before(everything, barriers):
        if read.position < last:
            yield Violation("stale", f"{read}, but {last} was acknowledged")
    for node in {read.node for read in evidence.reads}:
        yield from _stale_at(node, evidence)


def _stale_at(node: str, evidence: Evidence) -> Iterator[Violation]:
    told = [write for write in evidence.told if write.node == node]
    reads = [read for read in evidence.reads if read.node == node]
    shown = [(write.returned, max(write.positions)) for write in told]
    shown += [(read.returned, read.position) for read in reads]
    for read, last in _highest_before(shown, reads):
        if read.position < last:
            yield Violation("stale", f"{read}, but {node} had shown {last}")
    for stream in {read.stream for read in reads if read.stream}:
        here = [read for read in reads if read.stream == stream]
        versions = [(read.returned, read.version) for read in here]
        versions += [
            (write.returned, event.version)
            for write in told
            for event in write.events
            if event.stream == stream
        ]
        for read, last in _highest_before(versions, here):
            if read.version < last:
                yield Violation("stale", f"{read}, but {node} had shown {last}")


def tracked_once(evidence: Evidence) -> Iterator[Violation]:
    """9. What one event upstream causes is caused once, and in order."""
    caused = sorted(
        (evidence.positions(write)[0], write.tracking)
        for write in evidence.writes
        if write.tracking and evidence.positions(write)
    )
    last: dict[str, int] = {}
    for position, (name, number) in caused:
        if number <= last.get(name, 0):
            what = f"{name} {number} had its effect before, and again at {position}"
            yield Violation("doubled", what)
        last[name] = max(last.get(name, 0), number)


def silent(evidence: Evidence) -> Iterator[Violation]:
    """10. Where a stranger can write, ours is answered; once healed, on every node."""
    for what in silences(evidence.operations):
        yield Violation("silent", what)


CHECKS = (
    replicas,
    gaps,
    acknowledged,
    refused,
    unknown,
    torn,
    real_time,
    stale,
    tracked_once,
    silent,
)


def _highest_before(
    done: Iterable[tuple[float, int]], begun: Iterable[Operation]
) -> Iterator[tuple[Operation, int]]:
    """Each operation with the highest number that was reached before it began."""
    ends, last = deque(sorted(done)), 0
    for each in sorted(begun, key=lambda each: each.invoked):
        while ends and ends[0][0] < each.invoked:
            last = max(last, ends.popleft()[1])
        yield each, last


def _first_tracked(evidence: Evidence) -> dict[tuple[str, int], float]:
    """When the first began that tracks this far, or further."""
    began: dict[tuple[str, int], float] = {}
    for write in evidence.writes:
        if write.tracking and evidence.positions(write):
            began.setdefault(write.tracking, write.invoked)
    return began
