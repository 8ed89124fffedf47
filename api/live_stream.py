"""One maker of messages for all streams: what changed is encoded once a second.

The first message is the whole map; afterwards rows that changed, and ids that went.
Who reads too slowly is given a new snapshot instead of a long queue.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import msgspec

from api.services import Services
from projections.live_map import LiveMap, LiveTruck, board
from projections.model import Moment

EVERY_SECONDS = 1.0
QUEUE = 8


class Hub:
    """Works only while somebody listens."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._queues: set[asyncio.Queue[bytes]] = set()
        self._task: asyncio.Task[None] | None = None
        self._shown: dict[str, LiveTruck] = {}
        self._lanes: Any = None

    @contextmanager
    def listen(self) -> Iterator["asyncio.Queue[bytes]"]:
        queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self._queues.add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tell())
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    async def snapshot(self) -> bytes:
        return encoded("snap", await asyncio.to_thread(self._look))

    async def _tell(self) -> None:
        found = await asyncio.to_thread(self._look)
        self._note(found)
        while self._queues:
            await asyncio.sleep(EVERY_SECONDS)
            found = await asyncio.to_thread(self._look)
            self._send(await asyncio.to_thread(self._difference, found))

    def _look(self) -> LiveMap:
        positions = self._services.positions
        now = self._services.clock()
        views, roads = self._services.views, positions.fleet.roads
        return board(views, roads, positions.sight, Moment(), now)

    def _difference(self, found: LiveMap) -> bytes:
        """Rows that are not what was last told; lanes as a whole when one changed."""
        trucks = {truck.shipment_id: truck for truck in found.trucks}
        body: dict[str, Any] = {
            "now": found.now,
            "position": found.position,
            "trucks": [t for i, t in trucks.items() if self._shown.get(i) != t],
            "gone": [i for i in self._shown if i not in trucks],
        }
        if found.lanes != self._lanes:
            body["lanes"] = found.lanes
        self._note(found)
        return encoded("diff", body)

    def _note(self, found: LiveMap) -> None:
        self._shown = {truck.shipment_id: truck for truck in found.trucks}
        self._lanes = found.lanes

    def _send(self, message: bytes) -> None:
        for queue in tuple(self._queues):
            if queue.full():
                with suppress(asyncio.QueueEmpty):
                    while True:
                        queue.get_nowait()
                queue.put_nowait(b"event: again\ndata: {}\n\n")
            else:
                queue.put_nowait(message)


def encoded(event: str, body: Any) -> bytes:
    """One message of the stream."""
    return b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(body))
