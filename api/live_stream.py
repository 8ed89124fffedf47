"""One maker of messages for all streams: what changed is encoded once for all.

The first message is the whole map; afterwards, what changed: `moved` for trucks that
only moved, `trucks` for other changes, `gone` by id. `moved` comes in columns, one
value where all have the same, and times in seconds after `now`: of ten thousand trucks
a third of what rows would be. Who reads too slowly is told to ask again instead of
being sent a long queue.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from operator import attrgetter
from time import monotonic
from typing import Any

import msgspec

from api.services import Services
from projections.live_map import LiveMap, LiveTruck, draw

REST_SECONDS, REST_SHARE = 0.3, 4
"""Between two looks: at least so long, and so many times what the last one took."""
QUEUE = 8
END, AGAIN = b"", b"event: again\ndata: {}\n\n"
MOVED = (
    "shipment_id",
    "lon",
    "lat",
    "heading",
    "speed_kmh",
    "time",
    "progress_m",
    "look",
    "is_off_route",
    "still_since",
    "eta_p50",
    "eta_p90",
)
TIMES = frozenset({"time", "still_since", "eta_p50", "eta_p90"})
_moving = attrgetter(*MOVED)
_staying = attrgetter(*(n for n in LiveTruck.__struct_fields__ if n not in MOVED))


class Hub:
    """Works only while somebody listens."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._queues: set[asyncio.Queue[bytes]] = set()
        self._task: asyncio.Task[None] | None = None
        self._shown: dict[str, LiveTruck] = {}
        self._lanes: Any = None
        self._whole: asyncio.Task[bytes] | None = None

    @contextmanager
    def listen(self) -> Iterator["asyncio.Queue[bytes]"]:
        queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self._queues.add(queue)
        if self._task is None or self._task.done():
            self._whole = None
            self._task = asyncio.create_task(self._tell())
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    async def snapshot(self) -> bytes:
        """One for all who come before the next difference, which they are sent too."""
        if self._whole is None or (self._whole.done() and self._whole.exception()):
            self._whole = asyncio.create_task(asyncio.to_thread(self._begin))
        return await asyncio.shield(self._whole)

    def _begin(self) -> bytes:
        return encoded("snap", self._look())

    async def _tell(self) -> None:
        self._note(await asyncio.to_thread(self._look))
        spent = 0.0
        while self._queues and not self._services.closing.is_set():
            await asyncio.sleep(max(REST_SECONDS, REST_SHARE * spent))
            begun = monotonic()
            self._send(await asyncio.to_thread(self._difference))
            spent = monotonic() - begun
        self._send(END)

    def _look(self) -> LiveMap:
        positions, now = self._services.positions, self._services.clock()
        found = draw(positions.scene(), positions.sight, now)
        waits = positions.waits(now)
        return LiveMap(now, now, str(positions.position), *found, waits)

    def _difference(self) -> bytes:
        found = self._look()
        moved, changed, ids = [], [], set()
        for truck in found.trucks:
            before = self._shown.get(truck.shipment_id)
            ids.add(truck.shipment_id)
            if before == truck:
                continue
            if before and _staying(before) == _staying(truck):
                moved.append(_moving(truck))
            else:
                changed.append(truck)
        body = {
            "now": found.now,
            "position": found.position,
            "waits": found.waits,
            "moved": columns(moved, found.now),
            "trucks": changed,
            "gone": [key for key in self._shown if key not in ids],
        }
        if found.lanes != self._lanes:
            body["lanes"] = found.lanes
        self._note(found)
        return encoded("diff", body)

    def _note(self, found: LiveMap) -> None:
        self._shown = {truck.shipment_id: truck for truck in found.trucks}
        self._lanes = found.lanes

    def _send(self, message: bytes) -> None:
        self._whole = None
        for queue in tuple(self._queues):
            told = message
            if queue.full() or message == END:
                told = END if message == END else AGAIN
                while not queue.empty():
                    queue.get_nowait()
            queue.put_nowait(told)


def columns(moved: Sequence[tuple[Any, ...]], now: datetime) -> dict[str, Any]:
    """By name; a list of which each is one truck's, or what is the same for all."""
    found: dict[str, Any] = {}
    for name, values in zip(MOVED, zip(*moved, strict=True), strict=False):
        is_one = name != "shipment_id" and values.count(values[0]) == len(values)
        told = values[:1] if is_one else values
        if name in TIMES:
            told = tuple(t and round((t - now).total_seconds(), 1) for t in told)
        found[name] = told[0] if is_one else told
    return found


def encoded(event: str, body: Any) -> bytes:
    """One message of the stream."""
    return b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(body))
