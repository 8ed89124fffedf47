"""Plays the messages against a running node, in the order in which they are sent."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import httpx

from cli.demo.journeys import Tracked
from cli.demo.message import Message
from cli.demo.script import START
from cli.demo.stage import Stage

TICK, LONGEST = timedelta(seconds=0.5), timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
Sent = Message | Tracked


class UnexpectedAnswerError(RuntimeError):
    """The node said something that the script does not."""


class Player:
    """`speed` is simulated seconds per second, by the time; 0: as fast as it can."""

    def __init__(self, stage: Stage, speed: Callable[[datetime], float]) -> None:
        self._stage, self._speed = stage, speed
        self._reached = START
        self.answers: Counter[str] = Counter()
        self.last = ""

    def play(self, messages: Sequence[Sent], after: Callable[[datetime], None]) -> None:
        """Send all; `after` is called whenever time has moved on.

        What was played before is told again, to no effect; but a message is wrong
        only at its time (an hour ahead, say), so those of the past are left out.
        """
        for now, together in self._by_moment(messages):
            is_past = self._drive(now) > now
            for message in together:
                if isinstance(message, Tracked):
                    self._stage.track(message.fields).raise_for_status()
                    self.answers["positions"] += 1
                elif not (is_past and message.refused):
                    self.send(message)
            after(now)

    def send(self, message: Message) -> None:
        """Raises UnexpectedAnswerError unless the node answers as the script says."""
        key = "" if message.happened else message.name
        answer = self._stage.post(
            message.sender, message.path, message.body, _ascii(key)
        )
        self.last = message.name
        if message.refused:
            self._expect(message, answer, answer.json().get("code") == message.refused)
            self.answers["refused"] += 1
            return
        self._expect(message, answer, answer.is_success)
        told = answer.json()
        is_known = told["known"] or told["replayed"]
        self.answers["known" if is_known else "recorded"] += 1
        self.answers["flagged"] += bool(told["flags"])

    def _by_moment(
        self, messages: Sequence[Sent]
    ) -> Iterator[tuple[datetime, list[Sent]]]:
        """Who sends at one moment, waiting in between as long as the speed wants."""
        before: datetime | None = None
        for now, group in groupby(messages, key=self._moment):
            if before:
                self._pass_time(before, now)
            before = now
            yield now, list(group)

    def _moment(self, message: Sent) -> datetime:
        """When it is sent; where nobody watches, at the end of its minute."""
        sent = message.send_time
        if self._speed(sent):
            return sent
        return sent + (MINUTE - timedelta(seconds=sent.second)) % MINUTE

    def _pass_time(self, before: datetime, now: datetime) -> None:
        """Wait as the speed of each moment wants; the node's clock goes on meanwhile.

        Where the node's clock is ahead, an earlier run has waited already.
        """
        before = max(before, self._reached)
        while before < now and (speed := self._speed(before)):
            step = min(TICK * speed, LONGEST, now - before)
            time.sleep(step.total_seconds() / speed)
            before += step
            if before < now:
                self._drive(before)

    def _drive(self, now: datetime) -> datetime:
        self._reached = self._stage.drive(now)
        return self._reached

    def _expect(
        self, message: Message, answer: httpx.Response, is_right: object
    ) -> None:
        if not is_right:
            msg = f"{message.name}: {answer.status_code} {answer.text}"
            raise UnexpectedAnswerError(msg)


def _ascii(key: str) -> str:
    """Header values are ASCII."""
    return key.encode("ascii", "backslashreplace").decode()
