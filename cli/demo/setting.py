"""The stage: issuers, lane, checkpoints, places, the register, the first passes."""

import csv
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from cli.demo.message import Script
from cli.demo.script import (
    DAYS,
    FRUIT,
    G1,
    G2,
    G2R,
    K1,
    LANE,
    MARK,
    REGISTER,
    RESUMED_BEFORE,
    START,
    TRACKERS,
    Truck,
)
from domain.enterprise import check_character
from domain.geo.datum import LonLat

CHECKPOINTS = {
    "CP1": ("沂源出县", 118.13, 36.24),
    "CP2": ("博山界", 117.93, 36.40),
    "CP3": ("淄川", 117.94, 36.62),
    "CP4": ("张店入城", 118.02, 36.77),
}
TOWNS = ("南麻街道", "历山街道", "中庄镇", "东里镇", "悦庄镇", "经济开发区")
SECTORS = ("manufacturing", "food", "pharmaceutical", "materials", "agriculture")
TOLLS = ("g22-yiyuan", "s29-boshan", "g20-zibo")
OFFICERS = 45


def places() -> list[dict[str, str]]:
    text = (files("cli.demo") / "places.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def lane_points(lane: str) -> list[tuple[str, LonLat]]:
    """Hand-placed and approximate: a sketch of the road, not a survey."""
    text = (files("cli.demo") / "lanes.csv").read_text("utf-8")
    return [
        (row["name"], LonLat(float(row["lon"]), float(row["lat"])))
        for row in csv.DictReader(text.splitlines())
        if row["lane"] == lane
    ]


def set_stage(script: Script) -> None:
    _issuers(script)
    _road(script)
    _enterprises(script)
    week = (DAYS[0].at("0:00"), DAYS[0].at("0:00") + timedelta(days=7))
    for truck in (G1, G2, G2R):
        script.ask(
            START,
            "fruit",
            "/v1/vehicles",
            key=f"vehicle {truck.plate}",
            plate=truck.plate,
            plate_kind=truck.kind,
            organisation=truck.organisation,
        )
    for truck, device in TRACKERS.items():
        script.ask(
            START,
            "coordinator",
            "/v1/vehicles/devices",
            key=f"device {device}",
            plate=truck.plate,
            plate_kind=truck.kind,
            device=device,
        )
    for truck, at in ((G1, "16:20"), (G2, "16:30")):
        asked = START.replace(hour=int(at[:2]), minute=int(at[3:]))
        grant(script, f"town-{truck.plate[-2:]}", truck, asked, 40, "town", week)
    k1_until = START + timedelta(days=14)
    grant(script, "k1", K1, START.replace(hour=16), 30, "county", (START, k1_until))


def grant(
    script: Script,
    pass_id: str,
    truck: Truck,
    contact: datetime,
    in_hand_minutes: int,
    issuer: str,
    window: tuple[datetime, datetime],
    **draft: Any,
) -> None:
    """An application from first contact to the pass in hand, so many minutes later."""
    step = timedelta(minutes=in_hand_minutes) / 10
    reviewer = f"reviewer-{issuer}"
    script.ask(
        contact,
        "liaison",
        "/v1/passes",
        key=f"draft {pass_id}",
        pass_id=pass_id,
        organisation=truck.organisation,
        issuer=issuer,
        plate=truck.plate,
        plate_kind=truck.kind,
        first_contact_time=contact.isoformat(),
        **draft,
    )
    submit(script, pass_id, truck, contact + step, window)
    approved = contact + 9 * step
    script.ask(approved, reviewer, f"/v1/passes/{pass_id}/approvals")
    collect(script, pass_id, contact + timedelta(minutes=in_hand_minutes))


def submit(
    script: Script,
    pass_id: str,
    truck: Truck,
    at: datetime,
    window: tuple[datetime, datetime],
) -> None:
    is_light = truck.kind in {"blue", "green"}
    script.ask(
        at,
        "liaison",
        f"/v1/passes/{pass_id}/requests",
        plate=truck.plate,
        plate_kind=truck.kind,
        gross_mass_kg=4490 if is_light else 18000,
        road_transport_permit="" if is_light else f"{MARK}-370323",
        crew_count=2,
        goods="苹果" if truck.organisation == FRUIT else "货物",
        lane=LANE,
        valid_from=window[0].isoformat(),
        valid_until=window[1].isoformat(),
    )


def collect(script: Script, pass_id: str, at: datetime) -> None:
    script.tell(at, "liaison", f"/v1/passes/{pass_id}/collections", sent=at)


def _issuers(script: Script) -> None:
    for issuer, name, block in (
        ("county", "沂源县交通运输局", (0, 499_999)),
        ("town", "中庄镇经贸办", (500_000, 599_999)),
    ):
        script.ask(
            START,
            "admin",
            "/v1/issuers",
            key=f"issuer {issuer}",
            issuer=issuer,
            name=name,
            division_code="370323",
            serial_from=block[0],
            serial_until=block[1],
            validity_days=14,
        )


def _road(script: Script) -> None:
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
        _lane(script, toll, f"{toll} 收费站", (), START)
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
        {"name": name, "point": {"lon": point.lon, "lat": point.lat}}
        for name, point in lane_points(lane)
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


def _enterprises(script: Script) -> None:
    """The register of 84 above scale; so many had resumed before the first day."""
    for number in range(1, REGISTER + 1):
        party = f"shili-{number:02d}"
        body = f"91370323MA{number:07d}"
        script.ask(
            START,
            "liaison",
            "/v1/enterprises",
            key=f"enterprise {number}",
            enterprise_id=party,
            name=f"示例企业 {number:02d}（{MARK}）",
            credit_code=body + check_character(body),
            town=TOWNS[number % len(TOWNS)],
            sector=SECTORS[number % len(SECTORS)],
            staff_total=80 + number,
        )
        script.ask(
            START + timedelta(minutes=1),
            "coordinator",
            f"/v1/enterprises/{party}/liaison",
            officer=f"officer-{number % OFFICERS + 1:02d}",
        )
        if number <= RESUMED_BEFORE:
            resume(script, number, START + timedelta(minutes=10))
    resumed = RESUMED_BEFORE + 1
    for day in DAYS[1:]:
        while resumed < day.resumed:
            resumed += 1
            resume(script, resumed, day.at("8:00") + timedelta(minutes=resumed))


def resume(script: Script, number: int, at: datetime) -> None:
    party = f"/v1/enterprises/shili-{number:02d}"
    script.tell(at, "liaison", f"{party}/resumptions")
    script.tell(
        at + timedelta(minutes=5),
        "liaison",
        f"{party}/staff-reports",
        on_site=60 + number // 2,
        total=80 + number,
    )
