"""How many a post let through, held and turned back: sums over scans, each its own row.

A count in the post's row would be another in every later version whenever a scan is
late: a phone that was offline for a day would rewrite the post's whole day a thousand
times. A sum takes one row in.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from domain import events as e
from domain.values import Direction, ScanDecision
from projections.model import Amounts, Fold, Moment, Views

_BETWEEN = "\t"


class Passed(msgspec.Struct, frozen=True):
    checkpoint: str
    decision: ScanDecision
    direction: Direction


class Throughput(Fold[Passed]):
    name = "throughput"
    row = Passed

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        return (event.fact_id,) if isinstance(event, e.PassScanned) else ()

    def fold(self, row: Passed | None, event: e.DomainEvent) -> Passed:
        _ = row
        assert isinstance(event, e.PassScanned)
        return Passed(event.checkpoint, event.decision, event.direction)

    def amounts(self, row: Passed) -> Amounts:
        dimension = _BETWEEN.join((row.checkpoint, row.decision, row.direction))
        return {dimension: (1, 0, 0)}


class Counts(msgspec.Struct):
    decisions: defaultdict[str, int] = msgspec.field(
        default_factory=lambda: defaultdict(int)
    )
    directions: defaultdict[str, int] = msgspec.field(
        default_factory=lambda: defaultdict(int)
    )


def by_checkpoint(views: Views, moment: Moment) -> Mapping[str, Counts]:
    found: defaultdict[str, Counts] = defaultdict(Counts)
    for dimension, (count, _, _) in views["throughput"].sums(moment).items():
        checkpoint, decision, direction = dimension.rsplit(_BETWEEN, 2)
        found[checkpoint].decisions[decision] += count
        found[checkpoint].directions[direction] += count
    return found
