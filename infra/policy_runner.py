"""Carries out what the policies want: follows the log, looks at the clock, commands.

A node that runs alone acts at once. Where several follow one log, each waits a random
while, looks whether another was faster, then writes: every wish has one identity, and
of two that write at once the next-version rule lets one win.
"""

import logging
import random
from collections import deque
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from time import monotonic

from domain.application import GreenChannel
from domain.commands import Command
from domain.errors import GreenChannelError
from domain.events import DomainEvent
from domain.policies import Policies
from projections.runner import Source, backed_off

PAGE = 1000
TICK_SECONDS = 1.0
SHORT_TICK_SECONDS = 0.2
_log = logging.getLogger(__name__)


class PolicyRunner:
    def __init__(
        self,
        application: GreenChannel,
        source: Source,
        decode: Callable[[str, bytes], DomainEvent],
        clock: Callable[[], datetime],
        wait_seconds: float = 0.0,
    ) -> None:
        """`wait_seconds` is the longest random wait before a wish is carried out."""
        self._application, self._source = application, source
        self._decode, self._clock = decode, clock
        self._policies = Policies()
        self.position = 0
        self._wait_seconds = wait_seconds
        self._asked: deque[tuple[float, Command]] = deque()
        self._due: dict[str, float] = {}
        self.error: str | None = None
        self._tries = 0
        self._woken, self._stopped = Event(), Event()
        self._thread = Thread(target=self._run, name="policies", daemon=True)

    def ask(self, command: Command) -> None:
        """Something else than the log gives cause: a truck drove through a fence."""
        self._asked.append((self._some_time(), command))

    @property
    def waiting(self) -> int:
        """Wishes that were not carried out yet, by anybody."""
        return len(self._asked) + len(self._policies.wanted)

    def start(self) -> None:
        self._source.listen(self._woken)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()
        self._source.unlisten(self._woken)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if self._follow():
                    continue
                self._policies.look_at_clocks(self._clock())
                self._carry_out()
            except Exception as error:  # noqa: BLE001 -- shown on health, tried again
                self._rest(error)
                continue
            self.error, self._tries = None, 0
            tick = SHORT_TICK_SECONDS if self.waiting else TICK_SECONDS
            self._woken.wait(tick)
            self._woken.clear()

    def _rest(self, error: Exception) -> None:
        """No wish is lost meanwhile: all is in the log, and this thread goes on."""
        if self.error != repr(error):
            _log.error("the policies stand still; they try again", exc_info=error)
        self.error = repr(error)
        self._stopped.wait(backed_off(self._tries))
        self._tries += 1

    def _follow(self) -> bool:
        """Take in one page; whether there may be more to know before acting."""
        page = self._source.read_page(self.position, PAGE)
        for position, _, _, topic, state in page:
            self._policies.follow(self._decode(topic, state), position)
            self.position = position
        return len(page) == PAGE

    def _carry_out(self) -> None:
        now = monotonic()
        for asked in [one for one in self._asked if one[0] <= now]:
            self._handle(asked[1])
            self._asked.remove(asked)
        wanted = self._policies.wanted
        subjects = {_subject(key) for key in wanted}
        self._due = {one: self._due.get(one) or self._some_time() for one in subjects}
        for key in [key for key in wanted if self._due[_subject(key)] <= now]:
            self._handle(wanted[key])
            wanted.pop(key, None)

    def _some_time(self) -> float:
        wait = random.uniform(0, self._wait_seconds)  # noqa: S311 -- spreads nodes
        return monotonic() + wait

    def _handle(self, command: Command) -> None:
        try:
            self._application.handle(command)
        except GreenChannelError as error:
            _log.warning("a policy's %s was refused: %s", type(command), error)


def _subject(key: str) -> str:
    """Wishes about one alert keep their order: raised first, then resolved."""
    return key.rpartition(" ")[2]
