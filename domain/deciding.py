"""One decision: the streams that it read, and its events stamped from there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import replace

from domain.commands import Command
from domain.decider import Decision
from domain.events import UNSTAMPED, DomainEvent
from domain.registry import AGGREGATES, MANY_STREAMS


class Loaded(NamedTuple):
    version: int = 0
    state: Any = None


class Seen:
    """What one decision has read: versions are stamped from here, never newer."""

    def __init__(self, load: Callable[[str], Loaded]) -> None:
        self._load = load
        self._streams: dict[str, Loaded] = {}

    def state(self, stream: str) -> Any:
        return self._get(stream).state

    def next_version(self, stream: str) -> int:
        seen = self._get(stream)
        self._streams[stream] = seen._replace(version=seen.version + 1)
        return seen.version + 1

    def _get(self, stream: str) -> Loaded:
        if stream not in self._streams:
            self._streams[stream] = self._load(stream)
        return self._streams[stream]


def decide(seen: Seen, command: Command, now: datetime) -> Decision:
    if wide := MANY_STREAMS.get(type(command)):
        return wide(seen.state, command, now)
    decide = AGGREGATES[command.stream.partition(":")[0]].decide
    return decide(seen.state(command.stream), command, now)


def stamp(
    seen: Seen, command: Command, decided: Decision, now: datetime
) -> tuple[DomainEvent, ...]:
    stamped = []
    for event in decided:
        stream = event.originator_id or command.stream
        stamped.append(
            replace(
                event,
                originator_id=stream,
                originator_version=seen.next_version(stream),
                event_time=now if event.event_time == UNSTAMPED else event.event_time,
                record_time=now,
                recorded_by=command.by.id,
            )
        )
    return tuple(stamped)
