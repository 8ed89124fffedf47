"""What the road does to messages: late, doubled, wrong; the same for the same seed."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from msgspec.structs import replace

from cli.demo.message import Message

LATE, DOUBLED, WRONG = 0.08, 0.04, 0.02
"""Shares of all messages; what is asked for is at least 5, 2 and 1 %."""
LATEST_MINUTES = 120


AHEAD = {"event_time": "2030-01-01T00:00:00+08:00", "fact_id": "spoilt-ahead"}


class Noisy(NamedTuple):
    messages: Sequence[Message]
    late: int
    doubled: int
    wrong: int


def with_noise(messages: Sequence[Message], seed: int) -> Noisy:
    dice = random.Random(seed)  # noqa: S311 -- a demo's dice, and repeatable
    count = len(messages)
    movable = [m for m in messages if m.happened and not m.is_exact]
    late = {m.name for m in dice.sample(movable, round(count * LATE))}
    facts = [m for m in messages if m.happened]
    doubled = {m.name for m in dice.sample(facts, round(count * DOUBLED))}
    wrong = {m.name for m in dice.sample(facts, round(count * WRONG))}
    found = list(_spread(messages, late, doubled, wrong, dice))
    found.sort(key=lambda m: m.send_time)
    return Noisy(found, len(late), len(doubled), len(wrong))


def _spread(
    messages: Sequence[Message],
    late: set[str],
    doubled: set[str],
    wrong: set[str],
    dice: random.Random,
) -> Iterator[Message]:
    for message in messages:
        sent = message.send_time
        if message.name in late:
            sent += timedelta(minutes=dice.randint(1, LATEST_MINUTES))
        if message.name in wrong:
            yield _spoilt(message, dice)
        yield replace(message, send_time=sent)
        if message.name in doubled:
            again = sent + timedelta(seconds=dice.randint(1, 600))
            yield replace(message, name=f"{message.name} again", send_time=again)


def _spoilt(message: Message, dice: random.Random) -> Message:
    """The same message as a tired thumb would send it: the node must refuse it."""
    spoilt = (
        ({"event_time": "昨天下午"}, "invalid-body"),
        ({"fact_id": "?"}, "invalid-body"),
        ({"无此字段": 1}, "invalid-body"),
        (AHEAD, "event-time-ahead"),
    )
    ahead_is_taken = message.path == "/v1/scans"
    change, code = dice.choice(spoilt[:3] if ahead_is_taken else spoilt)
    return replace(
        message,
        name=f"{message.name} spoilt",
        body=message.body | change,
        refused=code,
    )
