"""Which broker is asked: those that answer, else who was silent longest ago."""

from types import SimpleNamespace

import pytest

from infra.event_store import kafka_reach

A, B, C = (SimpleNamespace(host=name, port=9092) for name in "abc")


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """A clock that tests set."""
    clock = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(kafka_reach, "monotonic", lambda: clock.seconds)
    monkeypatch.setattr(kafka_reach, "_silences", {})
    return clock


def hosts(*brokers):
    return "".join(each.host for each in kafka_reach._worth_asking(brokers))


def test_a_silent_one_is_not_asked_while_others_answer():
    kafka_reach._was_silent(B)

    assert hosts(A, B, C) == "ac"


def test_it_is_asked_again_when_it_answered_or_after_a_while(now):
    kafka_reach._was_silent(A)
    kafka_reach._was_silent(B)
    kafka_reach._answered(A)
    assert hosts(A, B, C) == "ac"

    now.seconds += kafka_reach.ASKED_LAST_SECONDS

    assert sorted(hosts(A, B, C)) == ["a", "b", "c"]


def test_where_none_answers_each_is_asked_in_its_turn(now):
    asked = ""
    for _ in range(6):
        (broker,) = (x for x in (A, B, C) if x.host == hosts(A, B, C)[0])
        kafka_reach._was_silent(broker)
        asked += broker.host
        now.seconds += 1

    assert asked == "abcabc"
