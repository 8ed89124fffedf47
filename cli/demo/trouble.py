"""Kills brokers and nodes of the demo's cluster, one at a time; they come again."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from cli.console import say
from cli.demo.cluster import BROKERS, NODES, ClusterStage
from cli.demo.stage import Stage

CALM_SECONDS, DOWN_SECONDS = (8.0, 20.0), (1.0, 4.0)


@contextmanager
def troubled(stage: Stage, seed: int) -> Iterator[None]:
    """A cluster has trouble meanwhile; one node alone has what the script says."""
    if not isinstance(stage, ClusterStage):
        yield
        return
    trouble = Trouble(stage, seed)
    trouble.start()
    yield
    trouble.stop()
    stage.settle()
    killed = ", ".join(f"{n} {what}" for what, n in sorted(trouble.killed.items()))
    say(f"killed: {killed}, and what the script kills")


class Trouble:
    """The same troubles in the same order for a seed; when they come is chance."""

    def __init__(self, stage: ClusterStage, seed: int) -> None:
        self._stage, self._dice = stage, random.Random(seed)  # noqa: S311 -- a demo
        self._over = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self.killed: Counter[str] = Counter()
        self.failure: BaseException | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends with everything running again; raises what it could not start."""
        self._over.set()
        self._thread.join()
        if self.failure:
            raise self.failure

    def _run(self) -> None:
        try:
            while not self._over.wait(self._dice.uniform(*CALM_SECONDS)):
                with self._stage.peace:
                    self._strike()
        except BaseException as error:  # noqa: BLE001 -- raised by `stop`
            self.failure = error

    def _strike(self) -> None:
        down = self._dice.uniform(*DOWN_SECONDS)
        if self._dice.random() < 1 / 2:
            number = self._dice.randrange(NODES)
            self.killed["nodes"] += 1
            self._stage.kill_node(number)
            self._over.wait(down)
            self._stage.revive_node(number)
            return
        broker = self._stage.brokers.brokers[self._dice.randrange(BROKERS)]
        self.killed["brokers"] += 1
        broker.kill()
        self._over.wait(down)
        broker.start()
        broker.wait()
