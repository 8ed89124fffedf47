"""`python -m tests.clones [TRIPS] [CLONES]`: honest trips and copied plates.

An honest lorry drives 60 to 100 km/h between posts whose place is known to half a
kilometre, and its scans' clocks are a minute off either way. A copy starts so many
kilometres away within an hour, and both drive at once.
"""

import random
import sys
import time
from datetime import timedelta
from math import cos, pi, radians, sin

from domain import events as e
from domain.findings import Kind, Scene, judge, sighting_of
from domain.findings.terms import PostTerms
from domain.values import Direction, GeoPoint, ScanDecision, Verdict
from tests.unit.domain.given import NOW

KM_A_DEGREE = 111.2
AWAY_KM = (20, 50, 100, 200, 400)
PLATE = "鲁X00001"
START = GeoPoint(118.0, 36.8)


def moved(point, km, heading):
    lat = point.lat + km * cos(heading) / KM_A_DEGREE
    east = KM_A_DEGREE * cos(radians(point.lat))
    return GeoPoint(point.lon + km * sin(heading) / east, lat)


def trip(dice, scene, name, start, minutes, posts):
    """Scans of one lorry; each post is where the register says, give or take."""
    heading, point, time_ = dice.uniform(0, 2 * pi), start, NOW
    time_ += timedelta(minutes=minutes)
    for number in range(posts):
        hours = dice.uniform(0.1, 1.5)
        point = moved(point, hours * dice.uniform(60, 100), heading)
        time_ += timedelta(hours=hours)
        told = moved(point, abs(dice.gauss(0, 0.5)), dice.uniform(0, 2 * pi))
        code = f"{name}-{number}"
        scene.learn(f"checkpoint:{code}", PostTerms("", ((NOW, told),)))
        said = time_ + timedelta(seconds=dice.uniform(-60, 60))
        yield scan(code, said)


def scan(code, time_):
    return sighting_of(
        e.PassScanned(
            fact_id=f"scan-{code}",
            event_time=time_,
            record_time=time_,
            checkpoint=code,
            direction=Direction.OUTWARD,
            plate=PLATE,
            verdict=Verdict.GREEN,
            decision=ScanDecision.ADMITTED,
        )
    )


def is_alarmed(dice, scene, scans):
    dice.shuffle(scans)
    return any(
        found.kind == Kind.IMPOSSIBLE_SPEED for found in judge(scans, scene).values()
    )


def false_alarms(dice, trips):
    wrong = 0
    for _ in range(trips):
        scene = Scene()
        wrong += is_alarmed(dice, scene, [*trip(dice, scene, "a", START, 0, 5)])
    return wrong


def caught(dice, away_km, clones):
    """The share of journeys of four posts each that raise the alarm."""
    found = 0
    for _ in range(clones):
        scene = Scene()
        far = moved(START, away_km, dice.uniform(0, 2 * pi))
        own = trip(dice, scene, "a", START, 0, 4)
        copy = trip(dice, scene, "b", far, dice.uniform(-60, 60), 4)
        found += is_alarmed(dice, scene, [*own, *copy])
    return found / clones


def main(trips=20_000, clones=4_000):
    dice = random.Random(3)
    begun = time.perf_counter()
    print(f"honest trips that raise an alarm: {false_alarms(dice, trips)} of {trips:,}")
    for away in AWAY_KM:
        share = caught(dice, away, clones)
        print(f"copy {away:3d} km away: caught {share:.2%} of {clones:,} journeys")
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
