"""TCP proxies before every listener of every broker: what a network may do to them."""

import asyncio
import socket
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Literal

Mode = Literal["ok", "silent", "deaf", "hole", "slow", "late", "refuse"]
CHUNK = 1 << 16
SLOW_SECONDS = 0.1


class Link:
    """What all connections to one listener suffer.

    silent: requests are delivered, their answers are lost. deaf: the other way round.
    hole: nothing passes and nothing ends, as where a cable was pulled. slow: a pause
    before each chunk. late: everything waits, and is delivered when the fault is over.
    refuse: connections end, and none is taken.
    """

    def __init__(self, network: "Network") -> None:
        self._network = network
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.target = 0
        self._mode: Mode = "ok"
        self._passing = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self.lost = 0

    def set(self, mode: Mode) -> None:
        """From any thread. What was lost stays lost: those connections end."""
        self._network.call(self._set, mode)

    def cut(self) -> None:
        self._network.call(self._cut)

    async def serve(self) -> None:
        self._passing.set()
        self._server = await asyncio.start_server(self._connected, sock=self._listener)

    async def close(self) -> None:
        self._set("ok")
        self._server.close()
        self._cut()

    def _set(self, mode: Mode) -> None:
        if mode == "refuse" or self._mode in {"silent", "deaf", "hole"}:
            self._cut()
        self._mode = mode
        if mode == "late":
            self._passing.clear()
        else:
            self._passing.set()

    def _cut(self) -> None:
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self._mode == "refuse":
            writer.transport.abort()
            return
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far}
        await asyncio.gather(
            self._pass(reader, far, lost_in=("deaf", "hole")),
            self._pass(far_reader, writer, lost_in=("silent", "hole")),
        )
        self._open -= {writer, far}

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        lost_in: tuple[Mode, ...],
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if self._mode == "slow":
                    await asyncio.sleep(SLOW_SECONDS)
                await self._passing.wait()
                if self._mode in lost_in:
                    self.lost += len(data)
                    continue
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


class Network:
    """Runs its links on a loop of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._links: list[Link] = []

    def link(self) -> Link:
        made = Link(self)
        self._wait(made.serve())
        self._links.append(made)
        return made

    def call(self, function, *arguments) -> None:
        self._loop.call_soon_threadsafe(function, *arguments)

    def close(self) -> None:
        for link in self._links:
            self._wait(link.close())
        self._wait(_end_others())
        self.call(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def _end_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # what was aborted closes its sockets in the next turn
    await asyncio.sleep(0)
