"""Mass balance: picked up = delivered + returned + written off + on board."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from domain.values import Line

LOSS_SHARE = 0.01


class Movement(StrEnum):
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    RETURNED = "returned"
    WRITTEN_OFF = "written_off"


class Moved(NamedTuple):
    movement: Movement
    goods: Mapping[str, int]
    mass_kg: float | None


class Balance(NamedTuple):
    """Cases per line code and kilograms still on board; negative: more out than in.

    `tolerated_kg` is max(1 case, 1 %) of what was picked up: weighing loss.
    """

    cases: Mapping[str, int]
    mass_kg: float
    tolerated_kg: float

    @property
    def is_within_weighing_loss(self) -> bool:
        """Whether the scales agree with the cases that are left."""
        return abs(self.mass_kg) <= self.tolerated_kg


def balance(moved: Iterable[Moved], lines: Mapping[str, Line]) -> Balance:
    cases: Counter[str] = Counter()
    picked_kg = gone_kg = 0.0
    for movement, goods, weighed in moved:
        mass = mass_kg(goods, lines) if weighed is None else weighed
        if movement == Movement.PICKED_UP:
            cases.update(goods)
            picked_kg += mass
        else:
            cases.subtract(goods)
            gone_kg += mass
    one_case = max((line.case_mass_kg for line in lines.values()), default=0.0)
    tolerated = max(one_case, picked_kg * LOSS_SHARE)
    return Balance(cases, picked_kg - gone_kg, tolerated)


def mass_kg(goods: Mapping[str, int], lines: Mapping[str, Line]) -> float:
    """Cases times the case mass of their line; unknown lines weigh nothing."""
    known = ((lines[code], cases) for code, cases in goods.items() if code in lines)
    return sum(line.case_mass_kg * cases for line, cases in known)
