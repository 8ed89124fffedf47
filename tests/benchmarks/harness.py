"""What a benchmark reports: a figure beside a peer's, measured in the same run."""

import threading
import time

import msgspec
from eventsourcing.persistence import StoredEvent

from infra import mapper


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """`ratio` is figure ÷ peer_figure; `floor` is the least that is accepted."""

    work: str
    figure: float
    unit: str
    peer: str
    peer_figure: float
    ratio: float
    floor: float

    @property
    def is_reached(self):
        return self.ratio >= self.floor


def compared(work, figure, unit, peer, peer_figure, floor):
    return Row(
        work=work,
        figure=round(figure, 2),
        unit=unit,
        peer=peer,
        peer_figure=round(peer_figure, 2),
        ratio=round(figure / peer_figure, 2),
        floor=floor,
    )


class Stalls:
    """How long a thread that asks for little had to wait, and how often it came on."""

    NAP_SECONDS = 0.0005

    def __enter__(self):
        self.longest_ms, self.turns, self._over = 0.0, 0, threading.Event()
        self._thread = threading.Thread(target=self._nap)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _nap(self):
        while not self._over.is_set():
            begun = time.perf_counter()
            time.sleep(self.NAP_SECONDS)
            late = time.perf_counter() - begun - self.NAP_SECONDS
            self.longest_ms = max(self.longest_ms, late * 1000)
            self.turns += 1


def rate(work, threads, each):
    """Calls per second of `work(number)`, by so many threads, so many times each."""

    def run(thread):
        for number in range(each):
            work(thread * each + number)

    workers = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    begun = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return threads * each / (time.perf_counter() - begun)


def stored_of(event):
    return StoredEvent(
        event.originator_id,
        event.originator_version,
        event.TOPIC,
        mapper.encode(event),
    )
