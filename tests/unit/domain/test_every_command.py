import json
from pathlib import Path

import msgspec
import pytest

from domain import events as e
from domain.commands import COMMANDS, Report
from domain.events import EVENTS
from domain.registry import AGGREGATES
from tests.unit.domain.examples import ACCEPTED
from tests.unit.domain.given import STAFF, given, state_of

GOLDEN = Path(__file__).with_name("golden.json")
CARRIED = {"by", "flags", "event_time", "assumed"}


REPORTS = [example for example in ACCEPTED if isinstance(example[1], Report)]


def name_of(value):
    return type(value).__name__


@pytest.mark.parametrize(("history", "command"), ACCEPTED, ids=name_of)
def test_every_command_is_accepted_where_it_belongs(history, command):
    decided = given(*history.events).when(command).decided()

    assert decided
    event = decided[-1] if type(command).__name__ == "PickUpGoods" else decided[0]
    for name in set(command.__struct_fields__) & set(event.__struct_fields__) - CARRIED:
        told = getattr(command, name)
        if told not in (None, ""):
            assert getattr(event, name) == told, name


@pytest.mark.parametrize(("history", "command"), ACCEPTED, ids=name_of)
def test_what_was_decided_is_taken_into_the_state(history, command):
    before = state_of(history.events)

    after = state_of(history.and_then(command).events)

    assert after.keys() >= before.keys()


def test_every_command_has_an_example():
    assert {type(command) for _, command in ACCEPTED} == set(COMMANDS)


def test_every_event_is_decided_in_some_example_or_inside_a_wider_one():
    decided = set()
    for history, command in ACCEPTED:
        events = given(*history.events).when(command).decided()
        decided |= {type(event) for event in events}

    inside = {e.PassRenewed, e.PassReplaced, e.RequestHandled}
    assert set(EVENTS) - decided == inside


@pytest.mark.parametrize(("history", "command"), REPORTS, ids=name_of)
def test_a_report_told_twice_changes_nothing(history, command):
    told = given(*history.events).and_then(command, STAFF)

    told.when(command).then()


def test_every_topic_is_explicit_and_unique():
    topics = [event.__dict__["TOPIC"] for event in EVENTS]

    assert len(set(topics)) == len(topics)
    assert topics == [f"greenchannel.{event.__name__}" for event in EVENTS]


def test_every_stream_kind_has_an_aggregate():
    kinds = {command.stream.partition(":")[0] for _, command in ACCEPTED}

    assert kinds <= set(AGGREGATES)


def test_the_stored_shapes_are_those_that_were_promised():
    """Regenerate on purpose: python -m tests.unit.domain.test_every_command."""
    assert shapes() == json.loads(GOLDEN.read_text())


def shapes():
    _, components = msgspec.json.schema_components(EVENTS)
    return json.loads(msgspec.json.encode(components, order="sorted"))


if __name__ == "__main__":
    lines = [f"{json.dumps(n)}: {json.dumps(shape)}" for n, shape in shapes().items()]
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n")
