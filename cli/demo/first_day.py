"""Sunday 16 February, hour by hour."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from cli.demo.message import Script
from cli.demo.numbers import shown
from cli.demo.script import (
    B1,
    DAYS,
    G1,
    G2,
    G2R,
    IN_HAND_MINUTES,
    IN_HAND_MINUTES_ABOVE,
    K1,
    LANE,
    M1,
    OTHERS,
    Truck,
)
from cli.demo.setting import collect, grant, submit
from cli.demo.trips import deliver, disinfect, others_day, pick_up, scan, shipment

DAY = DAYS[0]
FIRST, SECOND = "20200216-G1", "20200216-G2"
STOPS_G1 = [(f"C{n:02d}", {"80#": 5, "75#": 7}) for n in range(1, 11)]
STOPS_G2 = [
    (f"C{n:02d}", {"80#": 5, "75#": 6} if n <= 15 else {"80#": 6, "75#": 5})  # noqa: PLR2004
    for n in range(11, 19)
]
ONLINE_AGAIN = DAY.at("11:10")
FORGOTTEN = DAY.at("13:40")


def play_first_day(script: Script) -> None:
    others_day(script, DAY, 10)
    _morning(script)
    _breakdown(script)
    _checkpoint_2(script)
    _passes(script)
    _applications(script)
    _stops_of_g1(script)
    _stops_of_g2r(script)
    _county(script)


def _morning(script: Script) -> None:
    pick_up(script, DAY.at("5:55"), G1, FIRST, STOPS_G1)
    _picked_up_an_hour_ahead(script)
    disinfect(script, DAY.at("6:28"), G1, "中庄消杀点")
    disinfect(script, DAY.at("6:41"), G2, "中庄消杀点")
    for document, at in ((FIRST, "6:50"), (SECOND, "7:02")):
        script.tell(
            DAY.at(at), "fruit", f"{shipment(document)}/departures", place="zhongzhuang"
        )
    _two_phones_on_board(script)
    scan(script, DAY.at("7:31"), "CP1", G1, crew_count=2, temperature_normal=True)
    scan(script, DAY.at("7:42"), "CP1", G2, crew_count=2, temperature_normal=True)
    _courier_disinfected_again(script)


def _picked_up_an_hour_ahead(script: Script) -> None:
    """The firm's own clock is wrong: refused, sent again without a time, corrected."""
    wrong = DAY.at("6:12")
    script.wrong(
        wrong,
        "fruit",
        "/v1/pickups",
        "event-time-ahead",
        document_no=SECOND,
        plate=G2.plate,
        plate_kind=G2.kind,
        event_time=DAY.at("7:12").isoformat(),
    )
    sent = wrong + timedelta(seconds=30)
    pick_up_g2 = pick_up(
        script, wrong, G2, SECOND, STOPS_G2, sent=sent, event_time=None
    )
    script.tell(
        DAY.at("6:40"),
        "fruit",
        f"{shipment(SECOND)}/corrections",
        corrects=pick_up_g2,
        reason="ERP 时钟快一小时",
        corrected_time=wrong.isoformat(),
    )


def _two_phones_on_board(script: Script) -> None:
    for device in ("phone-g2-driver", "phone-g2-escort"):
        script.ask(
            DAY.at("7:01"),
            "fruit",
            "/v1/vehicles/devices",
            key=f"device {device}",
            plate=G2.plate,
            plate_kind=G2.kind,
            device=device,
        )


def _courier_disinfected_again(script: Script) -> None:
    disinfect(script, DAYS[0].at("0:00") - timedelta(hours=4), K1, "县城消杀点")
    lapsed: dict[str, Any] = {
        "verdict": "amber",
        "decision": "held",
        "reason": "消杀过期 24 分钟",
    }
    scan(script, DAY.at("8:24"), "CP1", K1, **lapsed)
    disinfect(script, DAY.at("8:33"), K1, "CP1 就地补消")
    scan(script, DAY.at("8:35"), "CP1", K1)


def _breakdown(script: Script) -> None:
    own = shipment(SECOND)
    script.tell(DAY.at("9:18"), "fruit", f"{own}/breakdowns", note="变速箱")
    scan(script, DAY.at("9:26"), "CP3", G1)
    script.tell(
        DAY.at("10:19"),
        "post-CP4",
        "/v1/waits",
        checkpoint="CP4",
        direction="outward",
        wait_minutes=14,
    )
    scan(script, DAY.at("10:20"), "CP4", G1)
    disinfect(script, DAY.at("10:22"), G2R, "淄川消杀点")
    script.tell(
        DAY.at("10:48"),
        "fruit",
        f"{own}/vehicle-replacements",
        plate=G2R.plate,
        plate_kind=G2R.kind,
        reason="breakdown",
        cases_moved=87,
    )
    script.tell(
        DAY.at("10:49"),
        "fruit",
        f"{own}/write-offs",
        goods={"75#": 1},
        reason="damaged",
        note="换车时压坏",
    )
    scan(script, DAY.at("10:57"), "CP3", G2R)
    red: dict[str, Any] = {
        "verdict": "red",
        "decision": "turned_back",
        "reason": "已换车 10:04，号牌不符",
    }
    photo = shown(G2, DAY.at("11:33"))
    scan(script, DAY.at("11:33"), "CP4", OTHERS[27], pass_number=photo, **red)
    scan(script, DAY.at("11:36"), "CP4", G2R, reason="换车")


def _checkpoint_2(script: Script) -> None:
    """No network from 07:50 to 11:10: 16 scans and 2 on paper arrive together.

    But for one, which phone B sends at 13:40; and CP3 scans a truck twice.
    """
    scan(script, DAY.at("9:45"), "CP3", OTHERS[3])
    passages = [(DAY.at("8:33"), G1), (DAY.at("8:44"), G2)]
    for number in range(14):
        at = DAY.at("7:52") + timedelta(minutes=12 * number)
        passages.append((at, OTHERS[number + 10]))
    step = timedelta(seconds=1)
    sequences = {"cp2-a": count(1), "cp2-b": count(1)}
    for number, (at, truck) in enumerate(passages):
        device = "cp2-a" if at < DAY.at("9:14") else "cp2-b"
        scan(
            script,
            at,
            "CP2",
            truck,
            sent=FORGOTTEN if number == 12 else ONLINE_AGAIN + step * number,  # noqa: PLR2004
            device=device,
            sequence=next(sequences[device]),
        )
    for number, written in enumerate(("9:15", "9:16")):
        truck = OTHERS[24 + number]
        sent = ONLINE_AGAIN + timedelta(minutes=1)
        at = DAY.at(written)
        scan(script, at, "CP2", truck, sent=sent, source="paper")


def _passes(script: Script) -> None:
    """M1's pass in under six hours, G2's moved to the reserve van, B1's too late."""
    contact = DAY.at("8:20")
    week = (DAY.at("0:00"), DAY.at("0:00") + timedelta(days=7))
    _draft(script, "m1", M1, contact, on_behalf_of="yaoye")
    submit(script, "m1", M1, DAY.at("9:10"), week)
    script.ask(
        DAY.at("9:50"),
        "reviewer-county",
        "/v1/passes/m1/information-requests",
        missing=["押运员身份证"],
    )
    script.ask(DAY.at("10:35"), "liaison", "/v1/passes/m1/information", note="已补")
    script.ask(DAY.at("12:05"), "reviewer-county", "/v1/passes/m1/approvals")
    collect(script, "m1", DAY.at("13:10"))
    grant(
        script,
        "g2r",
        G2R,
        DAY.at("9:52"),
        12,
        "town",
        (DAY.at("9:52"), week[1]),
        replaces="town-02",
    )
    _draft(script, "b1", B1, DAY.at("10:30"))
    submit(script, "b1", B1, DAY.at("10:30") + timedelta(seconds=30), week)
    script.ask(DAY.at("17:05"), "reviewer-county", "/v1/passes/b1/approvals")
    collect(script, "b1", DAY.at("17:06"))


def _draft(
    script: Script, pass_id: str, truck: Truck, contact: datetime, **more: Any
) -> None:
    script.ask(
        contact,
        "liaison",
        "/v1/passes",
        key=f"draft {pass_id}",
        pass_id=pass_id,
        organisation=truck.organisation,
        issuer="county",
        plate=truck.plate,
        plate_kind=truck.kind,
        first_contact_time=contact.isoformat(),
        **more,
    )


def _applications(script: Script) -> None:
    """Twenty others ask on the first day, and have their pass in hand by 16:00."""
    spans = (*IN_HAND_MINUTES, *IN_HAND_MINUTES_ABOVE)
    week = (DAY.at("0:00"), DAY.at("0:00") + timedelta(days=7))
    for number, minutes in enumerate(spans):
        contact = DAY.at("8:02") + timedelta(minutes=8 * number)
        latest = DAY.at("15:50") - timedelta(minutes=minutes)
        contact = min(contact, latest)
        truck = OTHERS[number]
        short = (week[0], week[0] + timedelta(days=3)) if number == 0 else week
        grant(script, f"p{number:02d}", truck, contact, minutes, "county", short)


def _stops_of_g1(script: Script) -> None:
    own = shipment(FIRST)
    for number, (place, goods) in enumerate(STOPS_G1):
        at = DAY.at("10:40") + timedelta(minutes=20 * number)
        handed = dict(goods)
        if place == "C04":
            at, handed["75#"] = DAY.at("11:48"), goods["75#"] - 2
            script.tell(
                at,
                "fruit",
                f"{own}/write-offs",
                goods={"75#": 2},
                reason="damaged",
                stop=place,
            )
        if place == "C07":
            at, handed["80#"] = DAY.at("12:50"), goods["80#"] - 3
            script.tell(
                at,
                "fruit",
                f"{own}/refusals",
                stop=place,
                goods={"80#": 3},
                reason="等级不符",
            )
        deliver(script, at, FIRST, place, handed)
    script.tell(DAY.at("13:58"), "fruit", f"{own}/returns", empty=True)
    scan(script, DAY.at("14:10"), "CP4", G1, "return")
    script.tell(DAY.at("17:35"), "fruit", f"{own}/goods-returns", goods={"80#": 3})
    script.tell(DAY.at("17:40"), "fruit", f"{own}/completions")


def _stops_of_g2r(script: Script) -> None:
    own = shipment(SECOND)
    for number, (place, goods) in enumerate(STOPS_G2):
        at = DAY.at("12:00") + timedelta(minutes=19 * number)
        handed = dict(goods)
        if place == "C16":
            handed["75#"] -= 1
        if place == "C18":
            handed["80#"] -= 2
            at = DAY.at("14:45")
        deliver(script, at, SECOND, place, handed)
    script.tell(DAY.at("16:10"), "fruit", f"{own}/goods-returns", goods={"80#": 2})
    script.tell(DAY.at("16:20"), "fruit", f"{own}/completions")


def _county(script: Script) -> None:
    """A resumption in 47 minutes, the diversion, and the meeting's list of needs."""
    party = "/v1/enterprises/shili-66"
    script.ask(DAY.at("9:05"), "liaison", f"{party}/resumption-requests")
    script.ask(DAY.at("9:51"), "reviewer-town", f"{party}/resumption-approvals")
    script.tell(DAY.at("9:52"), "liaison", f"{party}/resumptions")
    lane = f"/v1/lanes/{LANE}"
    script.ask(
        DAY.at("14:20"), "coordinator", f"{lane}/diversions", reason="博山段结冰"
    )
    script.tell(
        DAY.at("14:25"),
        "fruit",
        f"{shipment(FIRST)}/reroutings",
        lane=LANE,
        reason="改道",
    )
    script.ask(DAY.at("16:00"), "coordinator", f"{lane}/reopenings")
    for number in range(1, 13):
        _need(script, number)
    script.tell(
        DAY.at("20:00"),
        "post-CP1",
        "/v1/checkpoints/CP1/shift-handovers",
        unsent=0,
        held=0,
        battery_percent=71,
    )


def _need(script: Script, number: int) -> None:
    """Twelve needs: five solved on site, seven assigned with a due date."""
    need = f"n0216-{number:02d}"
    category = ("transport", "staffing", "supplies", "financing")[number % 4]
    raised = DAY.at("8:20") + timedelta(minutes=9 * number)
    script.ask(
        raised,
        "liaison",
        "/v1/needs",
        key=f"need {need}",
        need_id=need,
        enterprise=f"shili-{number:02d}",
        category=category,
        summary="车辆无法出县" if category == "transport" else "演示诉求",
    )
    at = DAY.at("18:30") + timedelta(minutes=number)
    if number <= 5:  # noqa: PLR2004
        script.ask(at, "liaison", f"/v1/needs/{need}/resolutions", on_site=True)
    else:
        due = (at + timedelta(days=2)).isoformat()
        script.ask(
            at,
            "liaison",
            f"/v1/needs/{need}/assignments",
            lead_unit="县工信局",
            due_time=due,
        )
