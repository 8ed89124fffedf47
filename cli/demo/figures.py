"""The figures of the script beside those of the node's boards."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cli.demo.script import (
    DAYS,
    ERASED,
    ERASED_AT,
    FRUIT,
    G1,
    G2,
    G2R,
    RESUMED_BEFORE,
    Day,
)
from cli.demo.stage import Stage
from domain.alert import alert_id

MOMENTS = {
    "07:45": {
        G1.plate: "gps moving CP2 0/10",
        G2.plate: "gps moving CP2 0/8",
    },
    "09:40": {
        G1.plate: "gps moving CP4 0/10",
        G2.plate: "gps alarm CP3 0/8",
    },
    "12:15": {
        G1.plate: "gps delivering 5/10",
        G2R.plate: "gps delivering 1/8",
    },
}
"""Seen by position or events, its look, the next checkpoint, stops done."""


class Figure(NamedTuple):
    """One figure: what it is, what the script says, what the node answers."""

    name: str
    wanted: float | str
    found: float | str

    @property
    def agrees(self) -> bool:
        return self.wanted == self.found


def day_figures(stage: Stage, day: Day) -> Iterator[Figure]:
    """The row of the period's table, from the boards as of the end of the day."""
    name = f"{day.day:%m-%d}"
    county = stage.get("/v1/county-board", day=day.day.isoformat())["figures"]
    fruit = stage.get("/v1/deliveries", day=day.day.isoformat())
    so_far = [d for d in DAYS if d.day <= day.day]
    yield Figure(f"{name} 箱", day.cases, fruit["cases"])
    yield Figure(f"{name} 斤", day.jin, round(fruit["mass_kg"] * 2, 3))
    yield Figure(f"{name} 元", day.yuan, fruit["amount_cny"])
    yield Figure(
        f"{name} 累计斤", sum(d.jin for d in so_far), round(county["mass_kg"] * 2, 3)
    )
    yield Figure(f"{name} 累计元", sum(d.yuan for d in so_far), county["amount_cny"])
    yield Figure(f"{name} 小区", day.communities, county["communities"])
    yield Figure(f"{name} 复工", day.resumed, county["resumption"]["resumed"])


def first_day_figures(stage: Stage) -> Iterator[Figure]:
    """What the first day's script says must be seen."""
    day = DAYS[0]
    own = stage.get("/v1/deliveries", day=day.day.isoformat())
    stops = own["stops"]
    fruit = [s for s in stops if s["shipment_id"].startswith(FRUIT)]
    balance = own["balance"]
    yield Figure("首日 装车", 208, balance["picked_up"])
    yield Figure("首日 送达", 200, balance["delivered"])
    yield Figure("首日 压坏", 3, balance["written_off"])
    yield Figure("首日 带回", 5, balance["returned"])
    yield Figure("首日 车上", 0, balance["on_board"])
    yield Figure("首日 站点", 18, len(fruit))
    yield Figure("首日 短少站点", "C04 C16 C18", _stops(fruit, "short"))
    yield Figure("首日 拒收站点", "C07", _stops(fruit, "refused"))
    report = stage.get("/v1/county-board", day=day.day.isoformat())
    yield from _report(report["frozen"])
    yield Figure("次日 超 6 小时", 1, _record_at_end(stage, day)["breached"])
    yield from _two_times(stage, day)
    yield from _on_the_map(stage, day)
    yield from _alerts(stage, day)
    m1 = _pass(stage, "m1")
    yield Figure("M1 审批分钟", 130, m1["desk_minutes"])
    yield Figure("M1 到手分钟", 290, m1["in_hand_minutes"])


def last_day_figures(stage: Stage) -> Iterator[Figure]:
    day = DAYS[-1]
    figures = stage.get("/v1/county-board", day=day.day.isoformat())["figures"]
    needs = figures["needs"]
    yield Figure("总计 斤", 38000, round(figures["mass_kg"] * 2, 3))
    yield Figure("总计 元", 160350, figures["amount_cny"])
    yield Figure("小区", 26, figures["communities"])
    yield Figure("复工", 79, figures["resumption"]["resumed"])
    yield Figure("规上企业", 84, figures["resumption"]["registered"])
    yield Figure("复工率 %", 94.0, figures["resumption"]["rate_percent"])
    yield Figure("应急贷款 万元", 4000, needs["loans_cny"] / 10_000)
    yield Figure("承兑汇票 万元", 3200, needs["bills_cny"] / 10_000)
    yield from _erased(stage, day)


def _erased(stage: Stage, day: Day) -> Iterator[Figure]:
    """Of G1's crew nothing can be read, of others it can; every sum is as before."""
    for pass_id in ERASED:
        wanted = "erased erased"
        yield Figure(f"抹除 {pass_id}", wanted, _persons(stage, pass_id))
    yield Figure("未抹除 g2r-b", "readable readable", _persons(stage, "g2r-b"))
    at = day.at(ERASED_AT)
    before, after = (
        stage.get("/v1/county-board", known_at=moment.isoformat())["figures"]
        for moment in (at - timedelta(minutes=1), at + timedelta(minutes=1))
    )
    yield Figure("抹除前后 元", before["amount_cny"], after["amount_cny"])
    yield Figure("抹除前后 公斤", before["mass_kg"], after["mass_kg"])


def _persons(stage: Stage, pass_id: str) -> str:
    path = f"/v1/passes/{pass_id}/persons"
    found = stage.get(path, sender="admin", purpose="inspection")
    return " ".join(person["state"] for person in found["persons"])


def _report(frozen: dict[str, Any]) -> Iterator[Figure]:
    record, resumption = frozen["passes"], frozen["resumption"]
    first = DAYS[0].resumed
    yield Figure("16:00 复工", first, resumption["resumed"])
    yield Figure("16:00 日增", first - RESUMED_BEFORE, resumption["new_today"])
    yield Figure("16:00 复工率 %", 78.6, resumption["rate_percent"])
    yield Figure("16:00 申请", 23, record["asked"])
    yield Figure("16:00 办结", 22, record["decided"])
    yield Figure("16:00 中位数分钟", 151, record["median_minutes"])
    yield Figure("16:00 最长分钟", 330, record["longest_minutes"])
    yield Figure("16:00 超 6 小时", 0, record["breached"])


def _two_times(stage: Stage, day: Day) -> Iterator[Figure]:
    """CP2 had no network: what had happened by 09:40, and what was known then."""
    at = day.at("9:40")
    for truck, time in ((G1, "08:33"), (G2, "08:44")):
        known = _posts(stage, truck.plate, at=at, known_at=at)
        later = _posts(stage, truck.plate, at=at)
        yield Figure(f"{truck.plate} 09:40 所知 CP2", 0, known.count("CP2"))
        yield Figure(
            f"{truck.plate} 09:40 实情 CP2", time, _time_at(stage, truck.plate, at)
        )
        yield Figure(f"{truck.plate} CP2 次数", 1, later.count("CP2"))
    offline = {"at": day.at("11:10").isoformat()}
    yield Figure("CP2 断网补传", 18, _scans(stage, "CP2", **offline))
    known_before = {"known_at": day.at("11:05").isoformat()}
    yield Figure("CP2 断网时所知", 0, _scans(stage, "CP2", **offline, **known_before))


def _on_the_map(stage: Stage, day: Day) -> Iterator[Figure]:
    """Where the fruit trucks were at three moments, as the live map answers."""
    for time, wanted in MOMENTS.items():
        told = stage.get("/v1/live-map", at=day.at(time).isoformat())
        found = {
            truck["plate"]: " ".join(
                (truck["source"], truck["look"], truck["next_checkpoint"])
            ).strip()
            + f" {truck['stops_done']}/{truck['stops_done'] + truck['stops_left']}"
            for truck in told["trucks"]
        }
        for plate, where in wanted.items():
            yield Figure(f"{time} {plate}", where, found.get(plate, "—"))
        yield Figure(f"{time} 车辆", len(wanted), len(found))


def _alerts(stage: Stage, day: Day) -> Iterator[Figure]:
    """B1 came near its six hours at 15:30 and missed them at 16:30; CP4 was slow."""
    for kind, subject, onset in (
        ("pass-deadline-near", "b1", day.at("15:30")),
        ("pass-deadline-missed", "b1", day.at("16:30")),
        ("checkpoint-wait", "CP4", day.at("10:19")),
    ):
        identity = alert_id(kind, subject, onset)
        events = stage.get(f"/v1/history/alert/{identity}")["events"]
        told = [event["what"] for event in events]
        yield Figure(f"{kind} {subject}", 1, told.count("AlertRaised"))


def _posts(stage: Stage, plate: str, **times: datetime) -> list[str]:
    return [post["checkpoint"] for post in _vehicle(stage, plate, **times)["posts"]]


def _time_at(stage: Stage, plate: str, at: datetime) -> str:
    posts = _vehicle(stage, plate, at=at)["posts"]
    times = [post["time"] for post in posts if post["checkpoint"] == "CP2"]
    local = [datetime.fromisoformat(t) + timedelta(hours=8) for t in times]
    return " ".join(f"{time:%H:%M}" for time in local)


def _vehicle(stage: Stage, plate: str, **times: datetime) -> dict[str, Any]:
    moments = {name: time.isoformat() for name, time in times.items()}
    found: dict[str, Any]
    (found,) = stage.get("/v1/clearance", plate=plate, **moments)["vehicles"]
    return found


def _scans(stage: Stage, code: str, **moments: str) -> int:
    posts = stage.get("/v1/checkpoint-board", **moments)["checkpoints"]
    kinds = ("admitted", "held", "turned_back")
    return sum(p[kind] for p in posts if p["checkpoint"] == code for kind in kinds)


def _record_at_end(stage: Stage, day: Day) -> dict[str, Any]:
    figures = stage.get("/v1/county-board", day=day.day.isoformat())["figures"]
    found: dict[str, Any] = figures["passes"]
    return found


def _pass(stage: Stage, pass_id: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = stage.get("/v1/pass-desk", pass_id=pass_id)["applications"]
    return found


def _stops(stops: list[dict[str, Any]], outcome: str) -> str:
    return " ".join(sorted(s["stop"] for s in stops if s["outcome"] == outcome))
