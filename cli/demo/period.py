"""17 to 26 February: a day in a few seconds, each with its incident."""

from datetime import timedelta

from cli.demo.message import Script
from cli.demo.numbers import RENEWED, SHOWN
from cli.demo.road import TOLLS
from cli.demo.script import (
    DAYS,
    ERASED,
    ERASED_AT,
    FRUIT_TRUCKS,
    LANE,
    M1,
    MARK,
    OTHERS,
    Day,
)
from cli.demo.setting import grant
from cli.demo.trips import fruit_day, others_day, scan, shipment

FROST_BITTEN = 4
NEED_MONEY = "n-money"


def play_period(script: Script) -> None:
    served = 18
    for day in DAYS[1:]:
        new = [f"C{n:02d}" for n in range(served + 1, day.communities + 1)]
        served = max(served, day.communities)
        old = [f"C{n:02d}" for n in range(1, served + 1 - len(new))]
        frost = FROST_BITTEN if day.day.day == 23 else 0  # noqa: PLR2004
        fruit_day(script, day, [*new, *old], frost)
        others_day(script, day, 6)
    _renewals(script)
    _incidents(script)
    _money(script)
    _erasures(script)


def _erasures(script: Script) -> None:
    """On request: who drove is forgotten, what was driven stays."""
    for pass_id in ERASED:
        path = f"/v1/passes/{pass_id}/erasures"
        at = DAYS[-1].at(ERASED_AT)
        script.ask(at, "admin", path, reason=f"本人申请（{MARK}）")


def _day(number: int) -> Day:
    return DAYS[number - 16]


def _renewals(script: Script) -> None:
    """The first pass ends on the 18th; the fruit trucks renew on the 22nd."""
    first = _day(18)
    until = first.at("0:00") + timedelta(days=10)
    window = (first.at("12:00"), until)
    grant(
        script,
        "p00-b",
        OTHERS[0],
        first.at("11:00"),
        20,
        "county",
        window,
        renews="p00",
    )
    week = _day(22)
    until = week.at("0:00") + timedelta(days=7)
    for truck in FRUIT_TRUCKS:
        _, old = SHOWN[truck]
        window = (RENEWED, until)
        asked = week.at("19:00")
        grant(script, f"{old}-b", truck, asked, 20, "town", window, renews=old)


def _incidents(script: Script) -> None:
    relieved = f"{shipment('20200217-1')}/crew-changes"
    script.tell(
        _day(17).at("9:00"), "fruit", relieved, crew_count=2, reason="驾驶员换班"
    )
    script.ask(
        _day(19).at("10:00"),
        "coordinator",
        "/v1/checkpoints/CP3/moves",
        point={"lon": 117.95, "lat": 36.64},
        reason="移动 2.1 km",
    )
    _lost_phone(script)
    _another_trailer(script)
    _end_of_the_lane(script)


def _another_trailer(script: Script) -> None:
    own = "/v1/pickups"
    script.tell(
        _day(22).at("8:00"),
        "yaoye",
        own,
        key="pickup m1",
        document_no="20200222-M1",
        plate=M1.plate,
        plate_kind=M1.kind,
        trailer="鲁X0006挂",
        lane=LANE,
        lines=[{"code": "药品", "cases": 60, "case_mass_kg": 8, "unit_price_cny": 0}],
    )
    script.tell(
        _day(22).at("9:10"),
        "yaoye",
        "/v1/shipments/yaoye.20200222-M1/vehicle-replacements",
        plate=M1.plate,
        plate_kind=M1.kind,
        trailer="鲁X0008挂",
        reason="trailer_changed",
    )
    script.tell(
        _day(22).at("13:00"),
        "yaoye",
        "/v1/shipments/yaoye.20200222-M1/goods-returns",
        goods={"药品": 60},
        place="入库",
    )
    done = "/v1/shipments/yaoye.20200222-M1/completions"
    script.tell(_day(22).at("13:10"), "yaoye", done)


def _end_of_the_lane(script: Script) -> None:
    """Plates of the province are no longer asked, a post is closed, tolls reopen."""
    instructed = _day(24)
    for post in ("CP1", "CP3", "CP4"):
        script.ask(
            instructed.at("7:00"),
            "coordinator",
            f"/v1/checkpoints/{post}/instructions",
            text="鲁牌车辆不再查验",
            plate_provinces=["鲁"],
        )
    script.ask(
        instructed.at("22:00"),
        "coordinator",
        "/v1/checkpoints/CP2/closures",
        reason="撤卡",
    )
    for toll in TOLLS:
        script.ask(instructed.at("9:00"), "coordinator", f"/v1/lanes/{toll}/reopenings")


def _lost_phone(script: Script) -> None:
    """Phone A of CP2 is lost and revoked; what it had not sent is brought in later."""
    day = _day(20)
    revoked = "/v1/devices/cp2-a/revocations"
    script.ask(day.at("13:00"), "coordinator", revoked, reason="遗失")
    scan(
        script,
        day.at("12:40"),
        "CP2",
        OTHERS[20],
        sent=day.at("15:00"),
        device="cp2-a",
        sequence=10,
    )


def _money(script: Script) -> None:
    """Emergency loans of 40 and bills of 32 million yuan; one need reopens."""
    for number, (day, instrument, amount) in enumerate(
        ((19, "loan", 15), (20, "acceptance_bill", 32), (21, "loan", 25)), start=1
    ):
        need = f"{NEED_MONEY}-{number}"
        at = _day(day).at("10:00")
        script.ask(
            at,
            "liaison",
            "/v1/needs",
            key=f"need {need}",
            need_id=need,
            enterprise=f"shili-{number + 20:02d}",
            category="financing",
            summary="流动资金",
        )
        script.ask(
            at + timedelta(hours=4),
            "liaison",
            f"/v1/needs/{need}/resolutions",
            amount_cny=amount * 1_000_000,
            instrument=instrument,
            lender="示例银行",
        )
    again = "/v1/needs/n0216-01"
    script.ask(
        _day(21).at("9:00"), "liaison", f"{again}/confirmations", satisfied=False
    )
    script.ask(_day(21).at("9:05"), "liaison", f"{again}/reopenings", reason="车辆仍缺")
