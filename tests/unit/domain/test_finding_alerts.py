from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.policies import Policies
from domain.values import Direction, Flag, ScanDecision, ScanSource, Severity
from tests.unit.domain.given import NOW, minutes
from tests.unit.domain.sightings import (
    EVE,
    NUMBER,
    OTHER,
    PLATE,
    ROAD,
    UNKNOWN,
    at,
    enrolled,
    findings,
    scan,
)

LATER = NOW + minutes(60 * 24 * 3)
GAP = "sequence-gap:phone:20200216T0202"
CLONE = f"impossible-speed:{PLATE}:20200216T0205"


def followed(*events, now=None):
    """The policies after the road and these; each is recorded in this order."""
    policies = Policies()
    for position, event in enumerate([*ROAD, *events], start=1):
        policies.follow(event, position)
    if now:
        policies.look_at_clocks(now)
    return policies


def wanted(policies):
    return {key for key in policies.wanted if key.startswith(("raise", "resolve"))}


def carry_out(policies, now):
    """Raise and resolve as the node would; what was done comes back by the log."""
    for command in tuple(policies.wanted.values()):
        stream = {"originator_id": command.stream, "record_time": now}
        if isinstance(command, c.RaiseAlert):
            told = {"kind": command.kind, "subject": command.subject}
            told |= {"occurrence": command.occurrence}
            times = {"onset_time": command.onset_time, "severity": Severity.INFO}
            policies.follow(e.AlertRaised(**stream, **told, **times))
        elif isinstance(command, c.ResolveAlert):
            policies.follow(e.AlertResolved(**stream))


def test_a_finding_becomes_one_alert_with_an_identity_of_its_own():
    clone = [scan("1", 0, "CP1"), scan("2", 5, "CP4")]
    policies = followed(*clone, now=NOW + minutes(6))

    command = policies.wanted[f"raise {CLONE}"]
    assert wanted(policies) == {f"raise {CLONE}"}
    assert (command.kind, command.subject) == ("impossible-speed", PLATE)
    assert command.severity == Severity.CRITICAL
    assert command.details["checkpoint"] == "CP4"
    assert command.details["facts"] == "fact-1 fact-2"

    carry_out(policies, NOW + minutes(6))
    policies.follow(scan("3", 70, "CP4", direction=Direction.RETURN))
    policies.look_at_clocks(LATER)
    assert wanted(policies) == set()


def test_an_alert_changes_no_pass_and_no_scan():
    policies = followed(scan("1", 0, "CP1"), scan("2", 5, "CP4"), now=LATER)

    assert {type(command) for command in policies.wanted.values()} == {c.RaiseAlert}


def test_what_is_explained_within_seconds_is_never_told():
    twice = [scan("1", 0, record=60), scan("3", 9, record=60)]
    between = scan("2", 5, record=60.1, direction=Direction.RETURN)

    assert wanted(followed(*twice, between, now=LATER)) == set()
    assert len(wanted(followed(*twice, now=NOW + minutes(61)))) == 1


def test_a_gap_is_told_after_a_quarter_of_an_hour_and_resolved_when_it_is_filled():
    own = {"device": "phone"}
    ends = [scan("1", 0, **own, sequence=1), scan("3", 2, "X", **own, sequence=3)]
    policies = followed(*ends, now=NOW + minutes(16))
    assert wanted(policies) == set()

    policies.look_at_clocks(NOW + minutes(17))
    assert wanted(policies) == {f"raise {GAP}"}
    carry_out(policies, NOW + minutes(17))

    policies.follow(scan("2", 1, "Y", record=30, **own, sequence=2))
    (resolved,) = policies.wanted.values()
    assert isinstance(resolved, c.ResolveAlert)
    assert (resolved.alert_id, bool(resolved.note)) == (GAP, True)
    carry_out(policies, NOW + minutes(30))
    assert wanted(policies) == set()


def test_what_was_explained_and_is_found_again_is_raised_again():
    """Twice out, the way back between; then out once more after that."""
    double = f"double-scan:{PLATE}:20200216T0209"
    policies = followed(scan("1", 0), scan("4", 9), now=NOW + minutes(10))
    carry_out(policies, NOW + minutes(10))
    policies.follow(scan("2", 5, record=30, direction=Direction.RETURN))
    assert wanted(policies) == {f"resolve {double}"}
    carry_out(policies, NOW + minutes(30))

    policies.follow(scan("3", 7, record=40))
    policies.look_at_clocks(NOW + minutes(41))

    (again,) = policies.wanted.values()
    assert (again.alert_id, again.occurrence) == (double, 2)
    carry_out(policies, NOW + minutes(41))
    policies.follow(scan("5", 8, record=50, direction=Direction.RETURN))
    (resolved,) = policies.wanted.values()
    assert (resolved.alert_id, resolved.occurrence) == (double, 2)


def test_what_is_found_again_before_it_was_resolved_stays_open():
    policies = followed(scan("1", 0), scan("4", 9), now=NOW + minutes(10))
    carry_out(policies, NOW + minutes(10))
    policies.follow(scan("2", 5, record=30, direction=Direction.RETURN))

    policies.follow(scan("3", 7, record=30))
    policies.look_at_clocks(NOW + minutes(31))
    assert wanted(policies) == set()

    policies.follow(scan("5", 8, record=50, direction=Direction.RETURN))
    (resolved,) = policies.wanted.values()
    assert resolved.occurrence == 1


def test_a_phone_that_is_enrolled_afterwards_is_explained():
    policies = followed(scan("1", 0, device="new"), now=NOW + minutes(1))
    carry_out(policies, NOW + minutes(1))

    policies.follow(enrolled("new", NOW + minutes(5)))

    assert wanted(policies) == {"resolve device-unknown:new:20200216T0200"}


def test_what_an_earlier_run_raised_is_not_raised_again():
    raised = e.AlertRaised(
        originator_id=f"alert:{CLONE}",
        record_time=NOW + minutes(6),
        kind="impossible-speed",
        subject=PLATE,
        onset_time=NOW + minutes(5),
        severity=Severity.CRITICAL,
    )

    policies = followed(scan("1", 0, "CP1"), scan("2", 5, "CP4"), raised, now=LATER)

    assert wanted(policies) == set()


def test_other_alerts_of_the_same_subject_are_left_alone():
    """A short queue at CP4 resolves the long one, not what a scan there showed."""
    policies = followed(scan("1", 0, "CP1"), scan("2", 5, "CP4"), now=LATER)
    carry_out(policies, LATER)
    short = {"checkpoint": "CP4", "direction": Direction.OUTWARD, "wait_minutes": 1}
    policies.follow(e.WaitReported(originator_id="wait:1", record_time=LATER, **short))

    assert wanted(policies) == set()


def test_what_was_found_stays_when_its_sightings_are_forgotten():
    clone = [scan("1", 0, "CP1"), scan("2", 5, "CP4")]
    month = [scan(f"d{n}", 24 * 60 * n, "CP1") for n in range(1, 30)]
    policies = followed(*clone, now=NOW + minutes(6))
    carry_out(policies, NOW + minutes(6))

    for position, each in enumerate(month, start=100):
        policies.follow(each, position)

    assert wanted(policies) == set()


def test_a_strange_phone_that_scans_all_day_is_one_alert():
    day = [scan(f"n{n}", n, device="new", plate=f"鲁X{n:05d}") for n in range(400)]
    policies, told = followed(), set()
    for position, each in enumerate(day, start=100):
        policies.follow(each, position)
        policies.look_at_clocks(each.record_time + minutes(0.5))
        told |= wanted(policies)
        carry_out(policies, each.record_time + minutes(0.5))

    assert told == {"raise device-unknown:new:20200216T0200"}


@st.composite
def scans(draw, number=0):
    offset = draw(st.integers(0, 300))
    late = draw(st.sampled_from([0, 0, 5, 400]))
    skew = draw(st.sampled_from([0.0, 0.0, 3600.0]))
    return scan(
        str(number),
        offset + skew / 60,
        draw(st.sampled_from(["CP1", "CP2", "CP4", "FAR"])),
        record=offset + late,
        skew_seconds=skew,
        plate=draw(st.sampled_from([PLATE, PLATE, OTHER, "鲁X00009", ""])),
        pass_number=draw(st.sampled_from([NUMBER, NUMBER, UNKNOWN, ""])),
        direction=draw(st.sampled_from(Direction)),
        decision=draw(st.sampled_from([*ScanDecision, ScanDecision.ADMITTED])),
        source=draw(st.sampled_from([ScanSource.APP, ScanSource.APP, "paper"])),
        device=draw(st.sampled_from(["", "phone", "phone", "strange"])),
        sequence=draw(st.integers(1, 9)),
        lists=draw(st.sampled_from([{}, {"sheet": 3}])),
        flags=draw(st.sampled_from([(), (), (Flag.DEVICE_REVOKED,)])),
    )


@st.composite
def arrivals(draw):
    """What happened, in one order of arrival and in another."""
    told = [draw(scans(n)) for n in range(draw(st.integers(1, 14)))]
    ended = at(EVE + minutes(9), e.PassRevoked, "pass:p2", reason="x")
    return [ended, *told], [ended, *draw(st.permutations(told))]


def standing(events):
    """The alerts that are open when all has come in and every finding has settled."""
    policies, open_now = followed(), set()

    def act(now):
        policies.look_at_clocks(now)
        for key in wanted(policies):
            what, _, identity = key.partition(" ")
            (open_now.add if what == "raise" else open_now.discard)(identity)
        carry_out(policies, now)

    for position, event in enumerate(events, start=100):
        policies.follow(event, position)
        act(max(event.record_time, NOW))
    act(LATER)
    return open_now


@settings(max_examples=150, deadline=None)
@forall(arrivals())
def test_any_order_of_arrival_leaves_the_same_alerts_and_those_of_a_fresh_fold(orders):
    one, other = orders
    made = {3: EVE}.get

    fresh = {found.identity for found in findings(*one, made=made)}

    assert standing(one) == fresh
    assert standing(other) == fresh


@forall(st.lists(st.booleans(), max_size=6))
def test_a_doubled_fact_changes_nothing(doubled):
    told = [scan("1", 0, "CP1"), scan("2", 5, "CP4"), scan("3", 8, "CP4")]
    again = [one for one, is_twice in zip(told, doubled, strict=False) if is_twice]

    assert standing([*told, *again]) == standing(told)


def test_an_onset_that_turns_out_earlier_is_one_open_alert():
    borrowed = {"plate": OTHER, "pass_number": NUMBER}
    second = scan("2", 60, "CP2", record=61, **borrowed)
    first = replace(scan("1", 0, "CP1", record=300, **borrowed))

    assert standing([second, first]) == {f"two-plates:{NUMBER}:20200216T0200"}
