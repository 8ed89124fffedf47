"""Replay never refuses: any events of a stream, in any order, any number of times."""

from contextlib import suppress
from itertools import groupby

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.errors import GreenChannelError
from domain.events import EVENTS, RequestHandled
from domain.registry import AGGREGATES
from tests.unit.domain.examples import ACCEPTED
from tests.unit.domain.given import STAFF, Given, state_of
from tests.unit.projections.lives import LIVES


def kind_of(event):
    return event.originator_id.partition(":")[0]


TOLD = sorted((event for life in LIVES for event in life), key=kind_of)
POOLS = {
    kind: list({repr(event): event for event in events}.values())
    for kind, events in groupby(TOLD, kind_of)
}
POOLS["request"] = [
    RequestHandled(originator_id="request:r1", digest="d", status=201, result={})
]
"""By kind of stream, every event that some example decides."""
COMMANDS = {
    kind: [command for _, command in ACCEPTED if command.stream.startswith(f"{kind}:")]
    for kind in POOLS
}


def test_every_kind_of_event_and_of_stream_is_replayed():
    assert {type(event) for pool in POOLS.values() for event in pool} == set(EVENTS)
    assert POOLS.keys() == AGGREGATES.keys()


@pytest.mark.parametrize("kind", POOLS)
@forall(st.data())
def test_no_history_makes_replay_raise(kind, data):
    events = data.draw(st.lists(st.sampled_from(POOLS[kind]), min_size=1, max_size=9))

    states = state_of(events)

    assert states.keys() == {event.originator_id for event in events}
    assert None not in states.values()


@pytest.mark.parametrize("kind", [kind for kind in POOLS if COMMANDS[kind]])
@forall(st.data())
def test_no_history_makes_a_decision_fail_but_for_its_reasons(kind, data):
    """It decides, it knows already, or it refuses by a rule: nothing else."""
    pool = st.sampled_from([*POOLS[kind], *POOLS["vehicle"], *POOLS["issuer"]])
    events = data.draw(st.lists(pool, max_size=9))
    command = replace(data.draw(st.sampled_from(COMMANDS[kind])), by=STAFF)
    with suppress(GreenChannelError):
        Given(*events).when(command).decided()
