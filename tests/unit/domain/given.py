"""given(events).when(command).then(events, flags) over the registry of aggregates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from domain.events import UNSTAMPED
from domain.registry import AGGREGATES, MANY_STREAMS
from domain.values import Reporter, Role

NOW = datetime(2020, 2, 16, 2, 0, tzinfo=UTC)
FIRM = Reporter("key-firm", "firm", frozenset({Role.FIRM}))
RIVAL = Reporter("key-rival", "rival", frozenset({Role.FIRM}))
DESK = frozenset({Role.REVIEWER, Role.COORDINATOR})
STAFF = Reporter("key-staff", "", DESK, issuer="county")


def minutes(count):
    return timedelta(minutes=count)


def state_of(events):
    """The state of each stream that the events belong to."""
    states: dict[str, Any] = {}
    for event in events:
        stream = event.originator_id
        evolve = AGGREGATES[stream.partition(":")[0]].evolve
        states[stream] = evolve(states.get(stream), event)
    return states


class Given:
    def __init__(self, *events):
        self.events = list(events)
        self.command = None
        self.now = NOW

    def at(self, now):
        self.now = now
        return self

    def when(self, command, by=STAFF):
        self.command = replace(command, by=by)
        return self

    def decided(self):
        states = state_of(self.events)
        wide = MANY_STREAMS.get(type(self.command))
        if wide:
            return list(wide(states.get, self.command, self.now))
        stream = self.command.stream
        decide = AGGREGATES[stream.partition(":")[0]].decide
        return list(decide(states.get(stream), self.command, self.now))

    def then(self, *kinds, flags=None):
        """The decided events have these types, and all together these flags."""
        found = self.decided()
        assert [type(event) for event in found] == list(kinds)
        if flags is not None:
            assert {flag for event in found for flag in event.flags} == set(flags)
        return found

    def refused(self, error, code=None):
        with pytest.raises(error) as caught:
            self.decided()
        if code:
            assert caught.value.code == code
        return caught.value

    def and_then(self, command, by=STAFF):
        """The history with what is decided now; this one stays as it is."""
        told = []
        for event in Given(*self.events).at(self.now).when(command, by).decided():
            stream = event.originator_id or command.stream
            time = self.now if event.event_time == UNSTAMPED else event.event_time
            stamped = {"originator_id": stream, "event_time": time}
            told.append(replace(event, **stamped, record_time=self.now))
        return Given(*self.events, *told).at(self.now)


def given(*events):
    return Given(*events)
