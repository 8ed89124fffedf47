"""What clients do to one node: write, read, ask for certainty, process."""

import random
import threading
import time
import uuid

from eventsourcing.persistence import (
    IntegrityError,
    PersistenceError,
    StoredEvent,
    Tracking,
)

from tests.faults.history import Made, Recorder

STREAMS = [f"stream-{letter}" for letter in "abcdefgh"]
PAUSE_SECONDS = 0.03
UPSTREAM = "upstream"


class Clients:
    """Threads that meet each other on few streams, so that conflicts are common."""

    def __init__(self, recorder, history: Recorder, name: str, count: int, seed: int):
        self.recorder, self.history, self.name = recorder, history, name
        self._stopping = threading.Event()
        tasks = [(self._write, self._write, self._read, self._settle)] * count
        tasks.append((self._process,))
        self._threads = [
            threading.Thread(target=self._run, args=(number, seed, choices))
            for number, choices in enumerate(tasks)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def write(self, made: list[Made], tracking=None, kind="write") -> str:
        """Told as it was: positions, a conflict, or nothing certain."""
        op = self.history.invoke(kind, events=tuple(made), tracking=tracking)
        try:
            positions = self.recorder.insert_events(
                [StoredEvent(e.stream, e.version, "t", e.state.encode()) for e in made],
                **({"tracking": Tracking(*tracking)} if tracking else {}),
            )
        except IntegrityError:
            self.history.answer(op, "fail")
            return "fail"
        except PersistenceError as error:
            self.history.answer(op, "unknown", what=f"{error!r}")
            return "unknown"
        self.history.answer(op, "ok", positions=tuple(positions))
        return "ok"

    def barrier(self) -> bool:
        op = self.history.invoke("barrier")
        try:
            self.recorder.barrier()
        except PersistenceError:
            self.history.answer(op, "unknown")
            return False
        self.history.answer(op, "ok", position=self._position())
        return True

    def _run(self, number: int, seed: int, choices) -> None:
        chance = random.Random(f"{seed} {self.name} {number}")
        made = 0
        while not self._stopping.is_set() and not self.recorder.stopped:
            made += 1
            chance.choice(choices)(chance, f"{self.name}.{number}.{made}")
            time.sleep(chance.uniform(0, PAUSE_SECONDS))

    def _write(self, chance: random.Random, name: str) -> None:
        made = [
            Made(stream, self._version(stream) + 1 + n, f"{name}.{stream}.{n}")
            for stream in chance.sample(STREAMS, chance.choice((1, 1, 1, 2, 3)))
            for n in range(chance.choice((1, 1, 2)))
        ]
        if self.write(made) == "unknown":
            self.barrier()

    def _read(self, chance: random.Random, _: str) -> None:
        stream = chance.choice(STREAMS)
        op = self.history.invoke("read", stream=stream)
        version = self._version(stream)
        self.history.answer(op, "ok", position=self._position(), version=version)

    def _settle(self, chance: random.Random, _: str) -> None:
        """Rarely: certainty costs a record of the log."""
        if chance.random() < 0.1:
            self.barrier()

    def _process(self, _: random.Random, name: str) -> None:
        """Every node's processor wants to be the one; each gets a new stream."""
        number = (self.recorder.max_tracking_id(UPSTREAM) or 0) + 1
        made = Made(str(uuid.uuid4()), 1, name)
        self.write([made], tracking=(UPSTREAM, number))

    def _version(self, stream: str) -> int:
        last = self.recorder.select_events(stream, desc=True, limit=1)
        return last[0].originator_version if last else 0

    def _position(self) -> int:
        return self.recorder.max_notification_id() or 0
