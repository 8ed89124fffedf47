"""Fruit trips of the ordinary days, and what scans and disinfections go with them."""

from datetime import datetime, timedelta
from typing import Any

from cli.demo.message import Script
from cli.demo.numbers import shown
from cli.demo.script import (
    CASE_KG,
    FRUIT,
    FRUIT_TRUCKS,
    LANE,
    OTHERS,
    PRICES,
    Day,
    Truck,
)

CAPACITY = 120
OUTWARD = (("CP1", 45), ("CP2", 105), ("CP3", 155), ("CP4", 195))
RETURN = (("CP4", 10), ("CP3", 50), ("CP2", 100), ("CP1", 160))
Goods = dict[str, int]


def shipment(document_no: str) -> str:
    return f"/v1/shipments/{FRUIT}.{document_no}"


def pick_up(
    script: Script,
    at: datetime,
    truck: Truck,
    document_no: str,
    stops: list[tuple[str, Goods]],
    extra: Goods | None = None,
    sent: datetime | None = None,
    **body: Any,
) -> str:
    """The firm's one call, with the stop list; `extra` cases are for no stop."""
    loaded: Goods = dict(extra or {})
    for _, goods in stops:
        for code, cases in goods.items():
            loaded[code] = loaded.get(code, 0) + cases
    lines = [
        {
            "code": code,
            "cases": cases,
            "case_mass_kg": CASE_KG,
            "unit_price_cny": PRICES[code],
        }
        for code, cases in sorted(loaded.items())
    ]
    return script.tell(
        at,
        "fruit",
        "/v1/pickups",
        key=f"pickup {document_no}",
        sent=sent,
        document_no=document_no,
        plate=truck.plate,
        plate_kind=truck.kind,
        crew_count=2,
        place="zhongzhuang",
        lane=LANE,
        lines=lines,
        stops=[{"place": place, "planned": goods} for place, goods in stops],
        **body,
    )


def scan(
    script: Script,
    at: datetime,
    post: str,
    truck: Truck,
    direction: str = "outward",
    sent: datetime | None = None,
    **body: Any,
) -> None:
    verdict = {"verdict": "green", "decision": "admitted"} | body
    if number := shown(truck, at):
        verdict.setdefault("pass_number", number)
    script.tell(
        at,
        f"post-{post}",
        "/v1/scans",
        key=f"scan {post} {truck.plate} {direction} {at:%d%H%M}",
        sent=sent,
        checkpoint=post,
        direction=direction,
        plate=truck.plate,
        plate_kind=truck.kind,
        **verdict,
    )


def disinfect(script: Script, at: datetime, truck: Truck, station: str) -> None:
    script.tell(
        at,
        "post-CP1",
        "/v1/disinfections",
        key=f"disinfection {truck.plate} {at:%d%H%M}",
        plate=truck.plate,
        plate_kind=truck.kind,
        station=station,
        agent="过氧乙酸",
    )


def deliver(
    script: Script, at: datetime, document_no: str, stop: str, goods: Goods
) -> None:
    script.tell(
        at,
        "fruit",
        f"{shipment(document_no)}/deliveries",
        stop=stop,
        goods=goods,
    )


def fruit_day(script: Script, day: Day, order: list[str], frost_bitten: int) -> None:
    """A day without incident: as many trucks as it takes, stops side by side."""
    stops = _shared_out(day, order)
    trips = -(-day.cases // CAPACITY)
    for number in range(trips):
        own = stops[number::trips]
        extra = {"75#": frost_bitten} if frost_bitten and number == 0 else {}
        truck = FRUIT_TRUCKS[number]
        start = day.at("5:40") + timedelta(minutes=17 * number)
        _trip(script, start, truck, f"{day.day:%Y%m%d}-{number + 1}", own, extra)


def _shared_out(day: Day, order: list[str]) -> list[tuple[str, Goods]]:
    """The day's cases over the communities: equal shares, the first get the rest."""
    grades = {"80#": day.grade_80, "75#": day.cases - day.grade_80}
    return [
        (
            place,
            {
                code: cases // len(order) + (i < cases % len(order))
                for code, cases in grades.items()
            },
        )
        for i, place in enumerate(order)
    ]


def _trip(
    script: Script,
    start: datetime,
    truck: Truck,
    document_no: str,
    stops: list[tuple[str, Goods]],
    extra: Goods,
) -> None:
    own = shipment(document_no)
    pick_up(script, start, truck, document_no, stops, extra)
    disinfect(script, start + timedelta(minutes=20), truck, "中庄消杀点")
    gone = start + timedelta(minutes=40)
    script.tell(gone, "fruit", f"{own}/departures", place="zhongzhuang")
    for post, minutes in OUTWARD:
        scan(script, gone + timedelta(minutes=minutes), post, truck)
    at = gone + timedelta(minutes=220)
    for place, goods in stops:
        deliver(script, at, document_no, place, goods)
        at += timedelta(minutes=14)
    if extra:
        script.tell(
            at, "fruit", f"{own}/write-offs", goods=extra, reason="spoiled", note="冻伤"
        )
    script.tell(at, "fruit", f"{own}/returns", empty=True)
    for post, minutes in RETURN:
        scan(script, at + timedelta(minutes=minutes), post, truck, "return")
    script.tell(at + timedelta(minutes=190), "fruit", f"{own}/completions")


def others_day(script: Script, day: Day, trucks: int) -> None:
    """Background traffic: industry, feed, supermarkets; scans, no fruit."""
    for number, truck in enumerate(OTHERS[:trucks]):
        start = day.at("6:30") + timedelta(minutes=13 * number)
        disinfect(script, start, truck, "开发区消杀点")
        for post, minutes in OUTWARD:
            at = start + timedelta(minutes=minutes)
            if not _is_offline(day, post, at):
                scan(script, at, post, truck)


def _is_offline(day: Day, post: str, at: datetime) -> bool:
    """CP2 has no network on the first morning: its scans are told apart."""
    first_morning = day.day.day == 16 and at < day.at("11:10")  # noqa: PLR2004
    return post == "CP2" and first_morning
