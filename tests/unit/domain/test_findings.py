import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from domain import events as e
from domain.findings import Kind, Watch
from domain.values import Direction, Flag, GeoPoint, ScanDecision, Severity
from tests.unit.domain.given import NOW, minutes
from tests.unit.domain.sightings import (
    EVE,
    NUMBER,
    OTHER,
    OTHERS_NUMBER,
    PLATE,
    ROAD,
    UNKNOWN,
    UNKNOWN_TOO,
    at,
    enrolled,
    findings,
    given_pass,
    kinds,
    paper,
    scan,
)

BACK = Direction.RETURN
HELD, TURNED_BACK = ScanDecision.HELD, ScanDecision.TURNED_BACK
FAST = ("impossible-speed", PLATE)


def turned(kind, offset, pass_id="p1", **more):
    return at(NOW + minutes(offset), kind, f"pass:{pass_id}", **more)


def test_an_honest_trip_gives_no_finding():
    own = {"pass_number": NUMBER, "device": "phone", "lists": {"sheet": 9}}

    assert (
        kinds(
            scan("1", 0, "CP1", **own, sequence=1),
            scan("2", 60, "CP2", **own, sequence=2),
            scan("3", 110, "CP3", **own, sequence=3),
            scan("4", 150, "CP4", **own, sequence=4),
            scan("5", 400, "CP4", **own, sequence=5, direction=BACK),
        )
        == []
    )


def test_one_plate_let_through_twice_within_minutes_is_a_double_scan():
    assert kinds(scan("1", 0), scan("2", 10)) == [("double-scan", PLATE)]
    assert kinds(scan("1", 0), scan("2", 11)) == []


@pytest.mark.parametrize(
    "second",
    [
        {"direction": BACK},
        {"plate": OTHER},
        {"checkpoint": "GONE"},
    ],
    ids=str,
)
def test_another_direction_plate_or_post_is_no_double(second):
    assert kinds(scan("1", 0), scan("2", 5, **second)) == []


def test_who_was_held_and_then_let_through_was_let_through_once():
    assert kinds(scan("1", 0, decision=HELD), scan("2", 5)) == []
    assert kinds(scan("1", 0), scan("2", 5, decision=TURNED_BACK)) == []


def test_a_return_in_between_explains_a_second_passage():
    twice = [scan("1", 0), scan("3", 9)]

    assert kinds(*twice) == [("double-scan", PLATE)]
    assert kinds(*twice, scan("2", 5, direction=BACK)) == []


def test_a_pass_on_another_plate_is_found_without_its_own_ever_being_seen():
    (one,) = findings(scan("1", 0, plate=OTHER, pass_number=NUMBER))

    assert (one.kind, one.subject) == ("two-plates", NUMBER)
    assert one.details["plates"] == f"{PLATE} {OTHER}"
    assert one.severity == Severity.CRITICAL


def test_a_borrowed_pass_that_was_turned_back_is_less_grave():
    borrowed = {"plate": OTHER, "pass_number": NUMBER, "decision": TURNED_BACK}
    (one,) = findings(scan("1", 0, **borrowed))

    assert one.severity == Severity.WARNING


def test_a_pass_of_another_county_on_two_plates_is_found_within_a_day():
    shown = {"pass_number": UNKNOWN}
    first = scan("1", 0, plate="鲁X00008", **shown)
    second = scan("2", 5, plate="鲁X00009", **shown)
    later = scan("3", 25 * 60, plate="鲁X00009", **shown)

    assert kinds(first, second) == [("two-plates", UNKNOWN)]
    assert kinds(first, later) == []


def test_a_trailers_plate_is_not_the_pass_on_another_truck():
    assert kinds(scan("1", 0, plate="鲁X0006挂", pass_number=NUMBER)) == []


def test_one_vehicle_one_pass():
    own = scan("1", 0, pass_number=NUMBER)

    assert kinds(own, scan("2", 60, "CP2", pass_number=UNKNOWN)) == [
        ("two-passes", PLATE)
    ]
    plate = {"plate": "鲁X00009"}
    strange = scan("3", 0, "CP1", pass_number=UNKNOWN, **plate)
    again = scan("4", 60, "CP2", pass_number=UNKNOWN_TOO, **plate)
    assert kinds(strange, again) == [("two-passes", "鲁X00009")]
    assert kinds(strange, scan("5", 60, "CP2", pass_number=UNKNOWN, **plate)) == []


def test_the_pass_that_took_the_old_ones_place_is_no_second_pass():
    replaced = turned(e.PassReplaced, 30, by="p3", number="370323500003")
    renewed = given_pass("p3", PLATE, "370323500003")
    before = scan("1", 0, pass_number=NUMBER)
    after = scan("2", 60, "CP2", pass_number="370323500003")

    assert kinds(before, replaced, renewed, after) == []


def test_anothers_pass_is_one_finding_and_not_two():
    own = scan("1", 0, pass_number=NUMBER)
    borrowed = scan("2", 60, "CP2", pass_number=OTHERS_NUMBER)

    assert kinds(own, borrowed) == [("two-plates", OTHERS_NUMBER)]


def test_a_post_that_is_not_on_the_passs_lane_is_off_it():
    far = scan("1", 0, "FAR", pass_number=NUMBER)

    assert kinds(far) == [("off-lane", NUMBER)]
    assert kinds(scan("1", 0, "FAR")) == []
    assert kinds(scan("1", 0, "NOWHERE", pass_number=NUMBER)) == []


def test_a_diverted_lane_raises_nothing_and_its_substitutes_stay_on_it():
    far = scan("1", 60, "FAR", pass_number=NUMBER)
    diverted = at(NOW, e.LaneDiverted, "lane:l1", reason="冰")
    reopened = at(NOW + minutes(30), e.LaneReopened, "lane:l1")
    instead = at(NOW, e.LaneDiverted, "lane:l1", reason="冰", substitutes=("FAR",))
    short = at(NOW, e.LaneDiverted, "lane:l1", reason="冰", until_time=NOW + minutes(9))

    assert kinds(diverted, far) == []
    assert kinds(diverted, reopened, far) == [("off-lane", NUMBER)]
    assert kinds(instead, reopened, far) == []
    assert kinds(short, far) == [("off-lane", NUMBER)]


def test_no_lorry_is_at_two_posts_at_once():
    (one,) = findings(scan("1", 0, "CP1"), scan("2", 5, "CP4"))

    assert (one.kind, one.subject) == FAST
    assert one.severity == Severity.CRITICAL
    assert int(one.details["speed_kmh"]) > 400
    assert one.facts == ("fact-1", "fact-2")


def test_the_slack_is_three_kilometres_and_two_minutes():
    """CP1 to CP2 are 25.3 km: at 120 km/h and the slacks, 9.2 minutes."""
    assert kinds(scan("1", 0, "CP1"), scan("2", 9.5, "CP2")) == []
    assert kinds(scan("1", 0, "CP1"), scan("2", 8.8, "CP2")) == [FAST]


def test_the_measured_skew_of_each_phone_is_taken_off():
    hour = {"skew_seconds": 3600.0}
    honest = scan("2", 120, "CP2", record=61, **hour)

    assert kinds(scan("1", 0, "CP1"), honest) == []
    assert kinds(scan("1", 0, "CP1"), scan("2", 65, "CP2", record=6, **hour)) == [FAST]
    slow = scan("3", -60, "CP1", record=1, skew_seconds=-3600.0)
    assert kinds(slow, scan("4", 60, "CP2")) == []


def test_a_paper_record_raises_no_clone_alarm_on_time_alone():
    assert kinds(scan("1", 0, "CP1"), paper("2", 5, "CP4")) == []
    assert kinds(scan("1", 0), paper("2", 5)) == []
    assert kinds(paper("1", 0, plate=OTHER, pass_number=NUMBER)) == [
        ("two-plates", NUMBER)
    ]


@pytest.mark.parametrize("year", [1970, 2090])
def test_a_clock_of_another_century_raises_nothing_on_its_time(year):
    odd = datetime(year, 1, 1, tzinfo=timezone(timedelta(hours=8)))
    offset = (odd - NOW) / minutes(1)
    wrong = scan("1", offset, "CP4", record=5, pass_number=NUMBER)

    assert kinds(wrong, scan("2", 0, "CP1"), scan("3", 10, "CP1", direction=BACK)) == []


def test_a_post_is_where_it_stood_at_the_time():
    moved = at(
        NOW + minutes(60),
        e.CheckpointMoved,
        "checkpoint:CP4",
        point=GeoPoint(118.13, 36.25),
    )
    hop = [scan("1", 0, "CP1"), scan("2", 5, "CP4")]
    later = [scan("3", 90, "CP1"), scan("4", 95, "CP4")]

    assert kinds(moved, *hop) == [FAST]
    assert kinds(moved, *later) == []


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        (e.PassRevoked, {"reason": "x"}, "revoked"),
        (e.PassSuspended, {"reason": "x"}, "suspended"),
        (e.PassReplaced, {"by": "p3", "number": "3"}, "replaced"),
    ],
)
def test_a_pass_that_had_ended_and_was_let_through_is_found(kind, more, why):
    ended = turned(kind, 0, **more)

    (one,) = findings(ended, scan("1", 60, pass_number=NUMBER))
    assert (one.kind, one.subject, one.details["why"]) == (
        "pass-not-valid",
        NUMBER,
        why,
    )
    assert kinds(ended, scan("1", 60, pass_number=NUMBER, decision=TURNED_BACK)) == []
    assert kinds(ended, scan("1", -60, pass_number=NUMBER)) == []


def test_a_reinstated_pass_stands_again():
    suspended = turned(e.PassSuspended, 0, reason="x")
    again = turned(e.PassReinstated, 30, reason="x")

    assert kinds(suspended, again, scan("1", 60, pass_number=NUMBER)) == []
    assert len(kinds(suspended, again, scan("1", 20, pass_number=NUMBER))) == 1


def test_an_expired_and_an_early_pass_are_found_beyond_two_minutes():
    short = {"valid_from": NOW, "valid_until": NOW + minutes(60)}
    road = [*ROAD, given_pass("p9", "鲁X00009", "370323000009", **short)]
    own = {"plate": "鲁X00009", "pass_number": "370323000009"}

    assert kinds(scan("1", 30, **own), road=road) == []
    assert kinds(scan("1", 61, **own), road=road) == []
    assert kinds(scan("1", 63, **own), road=road) == [
        ("pass-not-valid", "370323000009")
    ]
    assert kinds(scan("1", -3, **own), road=road) == [
        ("pass-not-valid", "370323000009")
    ]


def test_a_gap_in_a_phones_sequence_stands_until_the_missing_arrive():
    own = {"device": "phone"}
    one, four = (
        scan("1", 0, **own, sequence=1),
        scan("4", 180, "CP4", **own, sequence=4),
    )
    two, three = (
        scan(str(n), 60 * n, f"CP{n}", **own, sequence=n, plate=OTHER) for n in (2, 3)
    )

    (gap,) = findings(one, four)
    assert (gap.kind, gap.subject) == ("sequence-gap", "phone")
    assert gap.details == {"missing": "2", "after": "1"}
    assert [g.details["missing"] for g in findings(one, two, four)] == ["1"]
    assert kinds(four, two, three, one) == []


def test_numbers_before_the_first_that_came_in_are_missing_too():
    own = {"device": "phone"}
    third = scan("3", 60, **own, sequence=3)

    (found,) = findings(third)
    assert (found.kind, found.details) == (
        Kind.SEQUENCE_GAP,
        {"missing": "2", "after": "0"},
    )
    assert kinds(third, scan("1", 0, **own, sequence=1)) == [("sequence-gap", "phone")]
    earlier = [
        scan(str(n), 20 * n, f"CP{n}", **own, sequence=n, plate=OTHER) for n in (1, 2)
    ]
    assert kinds(third, *earlier) == []


def test_an_unknown_and_a_revoked_phone_are_found():
    strange = scan("1", 0, device="strange")
    revoked = at(NOW, e.DeviceRevoked, "device:phone")
    unsent = scan("2", -30, device="phone", flags=(Flag.DEVICE_REVOKED,))
    (still,) = findings(revoked, scan("3", 30, device="phone"))
    (left,) = findings(revoked, unsent)

    assert kinds(strange) == [("device-unknown", "strange")]
    assert (still.kind, still.severity) == ("device-revoked", Severity.CRITICAL)
    assert (left.kind, left.severity) == ("device-revoked", Severity.WARNING)
    again = enrolled("phone", NOW + minutes(10))
    assert kinds(revoked, again, scan("3", 30, device="phone")) == []


def test_lists_are_stale_when_they_lack_a_change_a_day_old():
    old = at(EVE + minutes(60), e.PassRevoked, "pass:p2", reason="x")
    made = {5: EVE, 9: EVE + minutes(90)}.get
    own = {"device": "phone"}

    def told(version, offset=0, name="sheet"):
        return kinds(old, scan("1", offset, **own, lists={name: version}), made=made)

    assert told(5) == [("stale-lists", "phone")]
    assert told(9) == []
    assert told(5, -24 * 60) == []
    assert told(5, name="trust") == []


def test_a_trust_list_is_stale_when_it_lacks_a_key_that_ended_a_day_ago():
    key = {"issuer": "county", "public_key": "x", "from_time": EVE, "until_time": NOW}
    made_key = at(EVE, e.SigningKeyPublished, "access:sign-1", **key)
    ended = at(EVE + minutes(60), e.KeyRevoked, "access:sign-1", reason="x")
    of_a_firm = at(EVE + minutes(70), e.KeyRevoked, "access:firm-1", reason="x")
    made = {5: EVE, 9: EVE + minutes(60)}.get

    def told(*events, version=5, name="trust", offset=0):
        lists = {name: version}
        one = scan("1", offset, device="phone", lists=lists)
        return kinds(made_key, *events, one, made=made)

    assert told(ended) == [("stale-lists", "phone")]
    assert told(ended, version=9) == []
    assert told(ended, offset=-24 * 60) == []
    assert told(ended, name="sheet") == []
    assert told(of_a_firm) == []


def test_the_watch_and_a_fresh_fold_agree_on_a_stale_trust_list():
    key = {"issuer": "county", "public_key": "x", "from_time": EVE, "until_time": NOW}
    history = [
        enrolled("phone"),
        at(EVE, e.SigningKeyPublished, "access:sign-1", **key),
        at(EVE + minutes(60), e.KeyRevoked, "access:sign-1", reason="x"),
    ]

    def found(version):
        watch, fresh = Watch(), {}
        told = scan("1", 0, device="phone", lists={"trust": version})
        for position, event in enumerate([*history, told], start=1):
            fresh |= watch.follow(event, position).fresh
        return [one.kind.value for one in fresh.values()]

    assert found(2) == ["stale-lists"]
    assert found(3) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_has_its_words_and_says_what_to_do(language):
    path = Path(__file__).parents[3] / "web" / "texts" / f"{language}.json"
    texts = json.loads(path.read_text("utf-8"))

    for kind in Kind:
        assert all(texts[f"{group}.{kind}"] for group in ("alert", "detail", "todo"))


def test_a_days_findings_of_one_kind_about_one_subject_are_one():
    borrowed = {"plate": OTHER, "pass_number": NUMBER}
    day = [scan("1", 0, "CP1", **borrowed), scan("2", 60, "CP2", **borrowed)]
    (one,) = findings(*day)
    next_day = findings(*day, scan("3", 26 * 60, "CP2", **borrowed))

    assert one.count == 2
    assert one.onset_time == NOW
    assert one.facts == ("fact-1", "fact-2")
    assert len(next_day) == 2


def test_an_identity_is_an_alerts_even_where_the_subject_is_garbage():
    (one,) = findings(scan("1", 0, device="手机 /?#:" * 7))

    assert len(one.identity) <= 64
    assert not set(" /?#") & set(one.identity)
    assert findings(scan("1", 0, device="cp2-a"))[0].identity == (
        "device-unknown:cp2-a:20200216T0200"
    )
