"""What befalls brokers, links and nodes: every fault once in an order by the seed."""

import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from tests.faults.cluster import Node, Trial

Faults = dict[str, Callable[[random.Random], None]]
ZOMBIE_SECONDS = 10.0
"""Longer than the producer's delivery timeout."""


class Nemesis:
    """Three hands: one on the brokers, one on their links, one on the nodes."""

    def __init__(self, trial: Trial, seed: int, *, nodes: bool = True) -> None:
        """Without `nodes` theirs are left alone."""
        self._trial, self._brokers = trial, trial.brokers
        self._seed, self._nodes, self.did = seed, nodes, Counter[str]()
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(3)
        self._hands: list[Future[None]] = []

    def start(self) -> None:
        hands = [(self._broker_faults(), 5.0), (self._link_faults(), 1.5)]
        hands += [(self._node_faults(), 2.0)] if self._nodes else []
        self._hands = [self._pool.submit(self._work, *hand) for hand in hands]

    def stop(self) -> None:
        """Ends with what is under way, and leaves all healed."""
        self._over.set()
        self._pool.shutdown()
        self._brokers.heal()
        for hand in self._hands:
            hand.result()

    def _work(self, faults: Faults, pause_seconds: float) -> None:
        """Between faults the cluster comes to itself."""
        chance = random.Random(f"{self._seed} {sorted(faults)}")
        left: list[str] = []
        while not self._over.wait(pause_seconds * chance.uniform(0.5, 1.5)):
            left = left or chance.sample(sorted(faults), len(faults))
            name = left.pop()
            self.did[name] += 1
            op = self._trial.history.invoke("fault", what=name)
            faults[name](chance)
            self._trial.history.answer(op, "ok")

    def _broker_faults(self) -> Faults:
        one = {"leader": self._leader, "follower": self._follower}
        one["controller"] = self._brokers.controller
        faults: Faults = {}
        for name, place in one.items():
            faults[f"kill {name}"] = lambda c, at=place: self._kill(c, [at()])
            faults[f"halt {name}"] = lambda c, at=place: self._halt(c, at())
        faults["kill two"] = lambda c: self._kill(c, c.sample(range(3), 2))
        faults["kill all"] = lambda c: self._kill(c, [0, 1, 2])
        return faults

    def _link_faults(self) -> Faults:
        faults: Faults = {"cut": self._cut}
        for mode in ("silent", "deaf", "hole", "slow", "late", "refuse"):
            faults[f"clients {mode}"] = lambda c, m=mode: self._spoil(
                c, self._brokers.client_links, m
            )
        for mode in ("hole", "slow", "refuse"):
            faults[f"brokers {mode}"] = lambda c, m=mode: self._spoil(
                c, self._brokers.inner_links, m
            )
        return faults

    def _node_faults(self) -> Faults:
        return {
            "kill node": lambda c: self._restart(c, c.choice(self._trial.nodes)),
            "zombie node": lambda c: self._zombie(c.choice(self._trial.nodes)),
            "lose index": lambda c: self._restart(
                c, c.choice(self._trial.nodes), is_index_lost=True
            ),
        }

    def _leader(self) -> int:
        return self._brokers.leader(self._trial.topic)

    def _follower(self) -> int:
        return (self._leader() + 1) % 3

    def _kill(self, chance: random.Random, places: list[int]) -> None:
        victims = [self._brokers.all[place] for place in places]
        for broker in victims:
            broker.kill()
        self._over.wait(chance.uniform(0.5, 4))
        for broker in victims:
            broker.start()
        for broker in victims:
            broker.wait()

    def _halt(self, chance: random.Random, place: int) -> None:
        broker = self._brokers.all[place]
        broker.signal(signal.SIGSTOP)
        self._over.wait(chance.choice((1.0, 6.0)))
        broker.signal(signal.SIGCONT)

    def _spoil(self, chance: random.Random, links, mode) -> None:
        spoiled = chance.sample(links, chance.choice((1, 1, 2, 3)))
        for link in spoiled:
            link.set(mode)
        self._over.wait(chance.uniform(0.5, 4))
        for link in spoiled:
            link.set("ok")

    def _cut(self, _: random.Random) -> None:
        for link in self._brokers.links:
            link.cut()

    def _restart(
        self, chance: random.Random, node: Node, *, is_index_lost: bool = False
    ) -> None:
        op = self._trial.history.invoke("fault", node=node.name, what="kill")
        node.end()
        if is_index_lost:
            for path in node.folder.glob(f"{node.path.name}*"):
                path.unlink()
        self._over.wait(chance.uniform(0, 2))
        node.start()
        self._trial.expect(node, "up")
        self._trial.history.answer(op, "ok", node=node.name)

    def _zombie(self, node: Node) -> None:
        op = self._trial.history.invoke("fault", node=node.name, what="halt")
        node.signal(signal.SIGSTOP)
        self._over.wait(ZOMBIE_SECONDS)
        node.signal(signal.SIGCONT)
        self._trial.history.answer(op, "ok", node=node.name)
