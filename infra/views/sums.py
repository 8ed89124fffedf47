"""What versions of rows add to sums: the difference to the version before."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from projections.model import Fold

Change = Counter[tuple[str, int]]
"""By dimension and column; a row that adds nothing up changes nothing."""


def change(model: Fold[Any], before: Any, row: Any) -> Change:
    """What the step from one row to the next adds."""
    found: Change = Counter()
    for name, amounts in model.amounts(row).items():
        found.update({(name, i): amount for i, amount in enumerate(amounts)})
    if before is not None:
        for name, amounts in model.amounts(before).items():
            found.subtract({(name, i): amount for i, amount in enumerate(amounts)})
    return found


def rows(time: int, position: int, made: Change) -> Iterator[tuple[Any, ...]]:
    for name in sorted({name for name, _ in made}):
        amounts = [made[name, column] for column in range(3)]
        if any(amounts):
            yield (position, time, name, *amounts)
