"""The stage: issuers, lane, checkpoints, places, the register, the first passes."""

from datetime import datetime, timedelta
from typing import Any

from cli.demo.message import Script
from cli.demo.numbers import BLOCKS, DIVISION, VALIDITY_DAYS
from cli.demo.road import build_road
from cli.demo.script import (
    DAYS,
    FRUIT,
    G1,
    G2,
    G2R,
    G3,
    G4,
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

TOWNS = ("南麻街道", "历山街道", "中庄镇", "东里镇", "悦庄镇", "经济开发区")
FIRMS = (
    (FRUIT, "果篮子果品物流", "logistics"),
    ("yaoye", "示例药业", "pharmaceutical"),
)
SECTORS = ("manufacturing", "food", "pharmaceutical", "materials", "agriculture")
OFFICERS = 45


def set_stage(script: Script) -> None:
    _issuers(script)
    build_road(script)
    _enterprises(script)
    week = (DAYS[0].at("0:00"), DAYS[0].at("0:00") + timedelta(days=7))
    for truck in (G1, G2, G2R, G3, G4):
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
    for truck, at in ((G1, "16:20"), (G2, "16:30"), (G3, "16:40"), (G4, "16:50")):
        asked = START.replace(hour=int(at[:2]), minute=int(at[3:]))
        grant(script, f"town-{truck.plate[-2:]}", truck, asked, 40, "town", week)
    for device in ("cp2-a", "cp2-b"):
        body = {"device": device, "name": f"CP2 手机 {device[-1].upper()}"}
        script.ask(
            START,
            "coordinator",
            "/v1/devices",
            key=f"enrol {device}",
            checkpoint="CP2",
            **body,
        )
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
        **_crew(truck, "C1" if is_light else "B2"),
    )


def _crew(truck: Truck, licence_class: str) -> dict[str, Any]:
    """Two people who never were, born in 1900."""
    driver = {
        "name": f"示例司机 {truck.plate}（{MARK}）",
        "phone": "13800000000",
        "id_number": "370323190001010011",
        "licence_class": licence_class,
    }
    escort = {"name": f"示例押运 {truck.plate}（{MARK}）"}
    return {"driver": driver, "crew": [escort], "declaration": True}


def collect(script: Script, pass_id: str, at: datetime) -> None:
    script.tell(at, "liaison", f"/v1/passes/{pass_id}/collections", sent=at)


def _issuers(script: Script) -> None:
    for issuer, name in (("county", "沂源县交通运输局"), ("town", "中庄镇经贸办")):
        block = BLOCKS[issuer]
        script.ask(
            START,
            "admin",
            "/v1/issuers",
            key=f"issuer {issuer}",
            issuer=issuer,
            name=name,
            division_code=DIVISION,
            serial_from=block[0],
            serial_until=block[1],
            validity_days=VALIDITY_DAYS,
            phone="0533-0000000",
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
    _firms(script)
    resumed = RESUMED_BEFORE + 1
    for day in DAYS[1:]:
        while resumed < day.resumed:
            resumed += 1
            resume(script, resumed, day.at("8:00") + timedelta(minutes=resumed))


def _firms(script: Script) -> None:
    """Those that send goods, for maps and boards to call them by name: below scale."""
    for number, (party, name, sector) in enumerate(FIRMS, start=REGISTER + 1):
        body = f"91370323MA{number:07d}"
        script.ask(
            START,
            "liaison",
            "/v1/enterprises",
            key=f"enterprise {number}",
            enterprise_id=party,
            name=f"{name}（{MARK}）",
            credit_code=body + check_character(body),
            town=TOWNS[0],
            sector=sector,
            above_scale=False,
        )


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
