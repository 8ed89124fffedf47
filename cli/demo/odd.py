"""What the demo's scans say together: the findings it hides, and no others."""

from collections.abc import Iterator, Sequence

from cli.demo.figures import Figure
from cli.demo.numbers import shown
from cli.demo.script import DAYS, G2, OTHERS, Day
from cli.demo.stage import Stage
from domain.alert import alert_id

FIRST = DAYS[0]
PHOTO = f"two-plates {shown(G2, FIRST.at('11:33'))}"
TWICE = f"double-scan {OTHERS[3].plate}"
GAP, LOST = "sequence-gap cp2-b", "device-revoked cp2-a"
BY_DAY = {16: f"{TWICE} · {PHOTO}", 20: LOST}
AT_NOON = f"{TWICE} · {GAP} · {PHOTO}"
"""Known by noon of the first day, before phone B sent what it had forgotten."""


def findings_figures(stage: Stage, days: Sequence[Day]) -> Iterator[Figure]:
    for day in days:
        wanted = BY_DAY.get(day.day.day, "无")
        yield Figure(f"{day.day:%m-%d} 疑点", wanted, _found(stage, day))
    noon = FIRST.at("12:00").isoformat()
    known = _found(stage, FIRST, known_at=noon)
    yield Figure("首日正午所知疑点", AT_NOON, known)
    for what, onset, ends in ((GAP, "10:04", "已说明"), (PHOTO, "11:33", "待处理")):
        kind, subject = what.split()
        identity = alert_id(kind, subject, FIRST.at(onset))
        events = stage.get(f"/v1/history/alert/{identity}")["events"]
        told = [event["what"] for event in events]
        found = {
            ("AlertRaised",): "待处理",
            ("AlertRaised", "AlertResolved"): "已说明",
        }.get(tuple(told), " ".join(told))
        yield Figure(f"警报 {kind}", ends, found)


def _found(stage: Stage, day: Day, **moment: str) -> str:
    told = stage.get("/v1/findings", day=day.day.isoformat(), **moment)["findings"]
    return " · ".join(sorted(f"{f['kind']} {f['subject']}" for f in told)) or "无"
