"""The road: places, checkpoints and lanes, hand-placed and approximate."""

import csv
from datetime import datetime, timedelta
from importlib.resources import files

from cli.demo.message import Script
from cli.demo.script import LANE, MARK, START
from domain.geo.datum import LonLat

CHECKPOINTS = {
    "CP1": ("沂源出县", 118.13, 36.24),
    "CP2": ("博山界", 117.93, 36.40),
    "CP3": ("淄川", 117.94, 36.62),
    "CP4": ("张店入城", 118.02, 36.77),
}
TOLLS = ("g22-yiyuan", "s29-boshan", "g20-zibo")


def places() -> list[dict[str, str]]:
    text = (files("cli.demo") / "places.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def lane_points(lane: str) -> list[tuple[str, LonLat]]:
    """Hand-placed and approximate: a sketch of the road, not a survey."""
    return [
        (row["name"], LonLat(float(row["lon"]), float(row["lat"])))
        for row in _points(lane)
    ]


def _points(lane: str) -> list[dict[str, str]]:
    text = (files("cli.demo") / "lanes.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return [row for row in rows if row["lane"] == lane]


def build_road(script: Script) -> None:
    for place in places():
        script.ask(
            START,
            "coordinator",
            "/v1/places",
            key=f"place {place['code']}",
            place=place["code"],
            kind=place["kind"],
            point={"lon": float(place["lon"]), "lat": float(place["lat"])},
            name=place["name"],
            source=f"{MARK}：{place['source']}",
        )
    for code, (name, lon, lat) in CHECKPOINTS.items():
        script.ask(
            START,
            "coordinator",
            "/v1/checkpoints",
            key=f"checkpoint {code}",
            checkpoint=code,
            name=f"{code} {name}",
            lane=LANE,
            point={"lon": lon, "lat": lat},
            phone="0533-0000000",
        )
    _lane(script, LANE, "中庄—张店（国省道）", tuple(CHECKPOINTS), START)
    opened = datetime.fromisoformat("2023-12-29T00:00+08:00")
    _lane(script, "s27-2023", "中庄—张店（S27 沾临高速）", (), opened)
    for toll in TOLLS:
        _lane(script, toll, lane_points(toll)[0][0], (), START)
        script.ask(
            START + timedelta(minutes=1),
            "coordinator",
            f"/v1/lanes/{toll}/closures",
            reason="疫情防控：收费站关闭",
        )


def _lane(
    script: Script, lane: str, name: str, posts: tuple[str, ...], opens: datetime
) -> None:
    waypoints = [
        {
            "name": row["name"],
            "point": {"lon": float(row["lon"]), "lat": float(row["lat"])},
            "division_code": row["division_code"],
        }
        for row in _points(lane)
    ]
    script.ask(
        START,
        "coordinator",
        "/v1/lanes",
        key=f"lane {lane}",
        lane=lane,
        name=name,
        waypoints=waypoints,
        checkpoints=posts,
        from_time=opens.isoformat(),
    )
