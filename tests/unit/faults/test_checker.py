"""The judge is judged: by histories that hold a property, and some that do not.

Every wrong history differs from the right one in a single point.
"""

from math import inf

import pytest

from tests.faults.checker import check
from tests.faults.history import Entry, Final, Made, Operation, Recorder, read

A1, A2, B1 = Made("a", 1, "a-1"), Made("a", 2, "a-2"), Made("b", 1, "b-1")


def write(begin, end, *events, node="x", outcome="ok", positions=(), **more):
    return Operation(
        f"write {begin}", "write", node, 1, begin, events, returned=end,
        outcome=outcome, positions=positions, **more,
    )  # fmt: skip


def shown(begin, end, position, kind="read", node="x", **more):
    return Operation(
        f"{kind} {begin}", kind, node, 1, begin, returned=end, outcome="ok",
        position=position, **more,
    )  # fmt: skip


def log(*events):
    return tuple(Entry(n, *_fields(event)) for n, event in enumerate(events, 1))


def _fields(event):
    return event.stream, event.version, event.state


def nodes(*events):
    return [Final("x", "digest", log(*events)), Final("y", "digest", log(*events))]


def kinds(operations, finals):
    return check(operations, finals).kinds


RIGHT = [
    write(0, 1, A1, positions=(1,)),
    write(2, 3, A2, B1, positions=(2, 3)),
    shown(4, 5, 3, kind="barrier", node="y"),
]


def test_a_right_history_is_clean_and_says_so():
    report = check(RIGHT, nodes(A1, A2, B1))

    assert report.is_clean
    assert report.last_line() == (
        "acknowledged 2, lost 0, doubled 0, reordered 0, unknown 0, nodes agree yes"
    )


def test_nodes_that_hold_different_events_do_not_agree():
    finals = [*nodes(A1, A2, B1)[:1], Final("y", "digest", log(A1, A2))]

    assert kinds(RIGHT, finals) == {"replicas"}
    assert check(RIGHT, finals).last_line().endswith("nodes agree no")


def test_nodes_with_different_digests_do_not_agree():
    finals = [*nodes(A1, A2, B1)[:1], Final("y", "other", log(A1, A2, B1))]

    assert kinds(RIGHT, finals) == {"replicas"}


def test_a_file_that_verify_finds_wrong_is_damaged():
    finals = [Final("x", "digest", log(A1), damage=("a gap",))]

    assert kinds(RIGHT[:1], finals) == {"damaged"}


def test_without_any_node_nothing_is_proven():
    assert "replicas" in kinds(RIGHT, [])


def test_positions_have_no_gaps():
    entries = Entry(1, *_fields(A1)), Entry(3, *_fields(A2))
    told = [write(0, 1, A1, positions=(1,)), write(2, 3, A2, positions=(3,))]

    assert kinds(told, [Final("x", "", entries)]) == {"gap"}


def test_versions_of_a_stream_have_no_gaps():
    a3 = Made("a", 3, "a-3")

    assert kinds([write(0, 1, A1), write(2, 3, a3)], nodes(A1, a3)) == {"gap"}


def test_an_acknowledged_event_that_is_absent_is_lost():
    report = check(RIGHT[:2], nodes(A1))

    assert "lost" in report.kinds
    assert "acknowledged 2, lost 1," in report.last_line()


def test_an_event_that_stands_twice_is_doubled():
    assert "doubled" in kinds(RIGHT[:1], nodes(A1, A1))


def test_an_event_that_stands_elsewhere_than_was_told_is_reordered():
    told = [write(0, 3, A1, positions=(1,)), write(0, 3, B1, positions=(2,))]

    assert kinds(told, nodes(A1, B1)) == set()
    assert kinds(told, nodes(B1, A1)) == {"reordered"}


REFUSED = write(0, 4, Made("a", 1, "other"), outcome="fail")


def test_a_refusal_is_right_where_another_stood_in_its_way():
    assert kinds([write(1, 3, A1, positions=(1,)), REFUSED], nodes(A1)) == set()


def test_a_refused_event_that_is_there_after_all_is_found():
    assert kinds([REFUSED], nodes(*REFUSED.events)) == {"refused"}


def test_a_refusal_without_a_conflict_is_found():
    assert kinds([REFUSED], nodes()) == {"refused"}


def test_a_refusal_before_its_conflict_began_is_found():
    assert kinds([REFUSED, write(5, 6, A1, positions=(1,))], nodes(A1)) == {"refused"}


def test_a_refusal_may_be_for_what_was_tracked_before():
    first = write(0, 1, A1, positions=(1,), tracking=("up", 1))
    again = write(2, 3, B1, outcome="fail", tracking=("up", 1))

    assert kinds([first, again], nodes(A1)) == set()


OPEN = write(0, 2, A1, outcome="unknown")


@pytest.mark.parametrize("finals", [nodes(A1), nodes()], ids=["there", "absent"])
def test_an_open_write_may_take_effect_or_not(finals):
    report = check([OPEN], finals)

    assert report.is_clean
    assert "unknown 1," in report.last_line()


def test_an_open_write_takes_no_effect_after_a_barrier_of_its_node():
    barrier = shown(3, 4, 0, kind="barrier")

    assert kinds([OPEN, barrier], nodes()) == set()
    assert kinds([OPEN, barrier], nodes(A1)) == {"unsettled"}


def test_a_barrier_of_another_node_settles_nothing():
    barrier = shown(3, 4, 0, kind="barrier", node="y")

    assert kinds([OPEN, barrier], nodes(A1)) == set()


@pytest.mark.parametrize("outcome", ["ok", "unknown"])
def test_half_a_batch_is_torn(outcome):
    batch = write(0, 1, A1, A2, outcome=outcome, positions=(1, 2))

    assert "torn" in kinds([batch], nodes(A1))


def test_a_batch_with_a_stranger_between_is_torn():
    batch = write(0, 3, A1, A2, outcome="unknown")
    stranger = write(0, 3, B1, positions=(2,))

    assert kinds([batch, stranger], nodes(A1, B1, A2)) == {"torn"}


def test_a_write_begun_after_the_answer_to_another_stands_behind_it():
    later = [write(0, 1, A1, positions=(2,)), write(2, 3, B1, positions=(1,))]
    beside = [write(0, 3, A1, positions=(2,)), write(2, 3, B1, positions=(1,))]

    assert kinds(later, nodes(B1, A1)) == {"reordered"}
    assert kinds(beside, nodes(B1, A1)) == set()


def test_an_open_write_too_stands_behind_what_was_answered_before_it():
    told = write(0, 1, B1, positions=(2,))
    later = write(2, 3, A1, outcome="unknown")

    assert kinds([told, later], nodes(A1, B1)) == {"reordered"}


def test_no_read_shows_what_is_only_begun_later():
    operations = [shown(0, 1, 1, node="y"), write(2, 3, A1, positions=(1,))]

    assert kinds(operations, nodes(A1)) == {"reordered"}


def test_a_node_shows_what_it_acknowledged():
    told = write(0, 1, A1, positions=(1,))

    assert kinds([told, shown(2, 3, 0)], nodes(A1)) == {"stale"}
    assert kinds([told, shown(2, 3, 0, node="y")], nodes(A1)) == set()


def test_a_node_shows_the_version_that_it_acknowledged():
    told = write(0, 1, A1, positions=(1,))

    behind = shown(2, 3, 1, stream="a", version=0)
    current = shown(2, 3, 1, stream="a", version=1)
    assert kinds([told, behind], nodes(A1)) == {"stale"}
    assert kinds([told, current], nodes(A1)) == set()


def test_a_node_never_shows_less_than_it_did():
    operations = [write(0, 9, A1, node="y", positions=(1,)), shown(2, 3, 1)]

    assert kinds([*operations, shown(2.5, 4, 0)], nodes(A1)) == set()
    assert kinds([*operations, shown(4, 5, 0)], nodes(A1)) == {"stale"}


def test_after_a_barrier_a_node_shows_what_any_had_acknowledged():
    told = write(0, 1, A1, positions=(1,))

    assert kinds([told, shown(2, 3, 0, "barrier", "y")], nodes(A1)) == {"stale"}
    assert kinds([told, shown(0.5, 3, 0, "barrier", "y")], nodes(A1)) == set()


def test_what_is_tracked_has_its_effect_once():
    caused = [
        write(0, 9, A1, outcome="unknown", tracking=("up", 1)),
        write(0, 9, B1, outcome="unknown", tracking=("up", 1)),
    ]

    assert kinds(caused, nodes(A1)) == set()
    assert kinds(caused, nodes(A1, B1)) == {"doubled"}


def test_what_is_tracked_has_its_effects_in_order():
    caused = [
        write(0, 9, A1, outcome="unknown", tracking=("up", 1)),
        write(0, 9, B1, outcome="unknown", tracking=("up", 2)),
    ]

    assert kinds(caused, nodes(A1, B1)) == set()
    assert kinds(caused, nodes(B1, A1)) == {"doubled"}


def witness(begin, outcome="ok"):
    return Operation("w", "witness", "", 0, begin, returned=begin + 1, outcome=outcome)


def test_a_write_is_answered_while_a_stranger_can_write():
    strangers = [witness(at) for at in range(10)]
    slow = write(0, 9, A1, positions=(1,))

    assert kinds([*strangers, slow], nodes(A1)) == {"silent"}
    assert kinds([*strangers[:5], slow], nodes(A1)) == set()


def test_a_write_may_wait_while_the_stranger_fails_too():
    strangers = [witness(at, "ok" if at % 3 else "fail") for at in range(10)]
    slow = write(0, 9, A1, positions=(1,))

    assert kinds([*strangers, slow], nodes(A1)) == set()


def fault(begin, end, what, node="x"):
    return Operation("f", "fault", node, 0, begin, returned=end, what=what)


def test_a_write_that_died_with_its_node_is_no_silence():
    strangers = [witness(at) for at in range(10)]
    dead = write(0, inf, A1, outcome="unknown")

    assert kinds([*strangers, dead], nodes()) == {"silent"}
    assert kinds([*strangers, dead, fault(3, 8, "kill")], nodes()) == set()
    assert kinds([*strangers, dead, fault(3, 8, "kill", "y")], nodes()) == {"silent"}


def test_a_halted_node_has_its_seconds_when_it_goes_on():
    strangers = [witness(at) for at in range(20)]
    halt = fault(1, 12, "halt")

    soon = write(0, 14, A1, positions=(1,))
    late = write(0, 18.5, A1, positions=(1,))
    assert kinds([*strangers, halt, soon], nodes(A1)) == set()
    assert kinds([*strangers, halt, late], nodes(A1)) == {"silent"}


@pytest.mark.parametrize(("end", "outcome"), [(7, "ok"), (1, "unknown")])
def test_a_node_that_does_not_write_when_all_is_healed_is_silent(end, outcome):
    healed = Operation("h", "healed", "x", 1, 0, returned=end, outcome=outcome)

    assert kinds([healed], nodes()) == {"silent"}


def test_a_history_is_read_back_from_its_lines_without_a_torn_last_one(tmp_path):
    path = tmp_path / "history.jsonl"
    recorder = Recorder(path, "x", life=2)
    op = recorder.invoke("write", events=(A1,), tracking=("up", 1))
    recorder.answer(op, "ok", positions=(1,))
    recorder.invoke("write", events=(B1,))
    recorder.close()
    with path.open("a") as file:
        file.write('{"at": 1, "op": "torn')

    told, left = read([path])

    assert (told.events, told.tracking, told.positions) == ((A1,), ("up", 1), (1,))
    assert (told.node, told.life, told.outcome) == ("x", 2, "ok")
    assert told.invoked <= told.returned
    assert (left.outcome, left.returned) == ("unknown", inf)
