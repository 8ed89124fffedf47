"""The demo's figures and cast, as the programme's script has them.

Start, tonnage, yuan, communities, resumption, loans and bills are those reported in
February 2020; everything else is invented and marked 演示数据.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from projections.calendar import start_of

FIRST = date(2020, 2, 16)
START = datetime.fromisoformat("2020-02-15T15:00+08:00")
CASE_KG = 5
PRICES = {"80#": 45, "75#": 40}
LANE = "zz-zd-2020"
FRUIT = "guolanzi"
REGISTER = 84
RESUMED_BEFORE = 65
MARK = "演示数据"


class Day(NamedTuple):
    """One day of the script: what it must come to, in the figures of the county."""

    day: date
    cases: int
    yuan: int
    communities: int
    resumed: int

    @property
    def jin(self) -> int:
        """斤 = 0.5 kg."""
        return self.cases * CASE_KG * 2

    def at(self, text: str) -> datetime:
        """`08:24` of this day, by the county's clock."""
        hours, minutes = text.split(":")
        return start_of(self.day) + timedelta(hours=int(hours), minutes=int(minutes))

    @property
    def grade_80(self) -> int:
        """How many of the cases are 80#, so that the yuan come out."""
        low, high = PRICES["75#"], PRICES["80#"]
        return (self.yuan - self.cases * low) // (high - low)


_FIGURES = (
    (200, 8440, 18, 66),
    (260, 10970, 22, 68),
    (300, 12660, 25, 70),
    (340, 14345, 26, 73),
    (360, 15195, 26, 75),
    (380, 16035, 26, 76),
    (420, 17720, 26, 76),
    (440, 18570, 26, 77),
    (380, 16035, 26, 78),
    (360, 15190, 26, 78),
    (360, 15190, 26, 79),
)
DAYS = tuple(Day(FIRST + timedelta(days=i), *row) for i, row in enumerate(_FIGURES))
"""16 to 26 February 2020: cases, yuan, communities to date, enterprises resumed."""


class Truck(NamedTuple):
    plate: str
    kind: str
    organisation: str


G1 = Truck("鲁X00001", "blue", FRUIT)
G2 = Truck("鲁X00002", "blue", FRUIT)
G2R = Truck("鲁XD00003", "green", FRUIT)
K1 = Truck("鲁X00004", "yellow", "kuaidi")
M1 = Truck("鲁X00005", "yellow", "yaoye")
B1 = Truck("鲁X00007", "yellow", "jiancai")
G3 = Truck("鲁X00008", "blue", FRUIT)
G4 = Truck("鲁X00009", "blue", FRUIT)
FRUIT_TRUCKS = (G1, G2R, G3, G4)
"""Of the ordinary days: a trip lasts ten hours, so each truck drives one a day.

The last two have no tracker: the map places them by what the posts tell.
"""
TRACKERS = {G1: "phone-g1", G2R: "phone-g2r", M1: "tracker-m1"}
"""Devices that ride from the start; the two phones of G2 come at 07:01."""
OTHERS = tuple(
    Truck(f"鲁X{1000 + i:05d}", "yellow", f"shili-{i % 20 + 1:02d}") for i in range(28)
)

IN_HAND_MINUTES = (60, 70, 80, 90, 100, 110, 120, 130, 140, 151, 151)
"""In-hand times of the other applications of the first day, below the median."""
IN_HAND_MINUTES_ABOVE = (160, 170, 180, 200, 220, 240, 260, 280, 300)
"""And above it; with M1's 290 and G2R's 12 minutes the median is 151."""
ERASED = ("town-01", "town-01-b")
"""The applications of G1, whose driver asks on the last evening to be forgotten."""
ERASED_AT = "22:30"
