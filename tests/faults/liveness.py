"""Where a stranger's fresh producer can write, a write of ours is answered soon."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from tests.faults.history import Operation

SECONDS = 5.0


class Span(NamedTuple):
    begin: float
    end: float

    def within(self, other: "Span") -> float:
        """How long both last together."""
        return min(self.end, other.end) - max(self.begin, other.begin)


def silences(operations: Sequence[Operation]) -> Iterator[str]:
    """Writes of a running node that stayed open while the cluster took records."""
    writable = _writable(operations)
    over = max((each.invoked for each in operations), default=0.0)
    for each in operations:
        if each.kind == "healed" and each.returned - each.invoked > SECONDS:
            yield f"{each.node} took {each.returned - each.invoked:.1f} s when healed"
        if each.kind == "healed" and each.outcome != "ok":
            yield f"{each.node} does not write though all is healed"
        if each.kind == "write":
            awake = _awake(each, operations, min(each.returned, over))
            longest = max((a.within(w) for a in awake for w in writable), default=0)
            if longest > SECONDS:
                yield f"{each} was not answered for {longest:.1f} s"


def _writable(operations: Sequence[Operation]) -> list[Span]:
    """From one success of the witness to the last before it fails."""
    tries = [each for each in operations if each.kind == "witness"]
    return [
        Span(run[0].returned, run[-1].returned)
        for is_ok, found in groupby(tries, lambda each: each.outcome == "ok")
        if is_ok and (run := list(found))
    ]


def _awake(
    write: Operation, operations: Sequence[Operation], end: float
) -> Iterator[Span]:
    """The time it was open while its node was neither killed nor halted."""
    begin = write.invoked
    for fault in operations if end - begin > SECONDS else ():
        is_its = fault.kind == "fault" and fault.node == write.node
        if not is_its or fault.returned <= begin or fault.invoked >= end:
            continue
        yield Span(begin, fault.invoked)
        if fault.what == "kill":
            return
        begin = fault.returned
    yield Span(begin, end)
