"""Carries out what the policies want: follows the log, looks at the clock, commands.

A node that runs alone acts at once; what others may do too is harmless, because every
wish has one identity.
"""

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

from eventsourcing.persistence import PersistenceError

from domain.application import GreenChannel
from domain.commands import Command
from domain.errors import GreenChannelError
from domain.events import DomainEvent
from domain.policies import Policies
from projections.runner import Source

PAGE = 1000
TICK_SECONDS = 1.0
_log = logging.getLogger(__name__)


class PolicyRunner:
    def __init__(
        self,
        application: GreenChannel,
        source: Source,
        decode: Callable[[str, bytes], DomainEvent],
        clock: Callable[[], datetime],
    ) -> None:
        self._application, self._source = application, source
        self._decode, self._clock = decode, clock
        self._policies = Policies()
        self.position = 0
        self._asked: deque[Command] = deque()
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="policies", daemon=True)

    def ask(self, command: Command) -> None:
        """Something else than the log gives cause: a truck drove through a fence."""
        self._asked.append(command)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if self._follow():
                    continue
                self._policies.look_at_clocks(self._clock())
                self._carry_out()
            except PersistenceError:
                _log.exception("a policy could not write; it is tried again")
            self._source.wait_for(self.position, TICK_SECONDS)

    def _follow(self) -> bool:
        """Take in one page; whether there may be more to know before acting."""
        page = self._source.read_page(self.position, PAGE)
        for position, _, _, topic, state in page:
            self._policies.follow(self._decode(topic, state))
            self.position = position
        return len(page) == PAGE

    def _carry_out(self) -> None:
        while self._asked:
            self._handle(self._asked[0])
            self._asked.popleft()
        for key, command in tuple(self._policies.wanted.items()):
            self._handle(command)
            self._policies.wanted.pop(key, None)

    def _handle(self, command: Command) -> None:
        try:
            self._application.handle(command)
        except GreenChannelError as error:
            _log.warning("a policy's %s was refused: %s", type(command), error)
