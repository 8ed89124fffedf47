"""POST /v1/pickups at 64 connections, beside a route that only checks key and body.

The client is a process of its own with raw sockets, so that it is not the limit.
"""

import asyncio
import multiprocessing
import socket
import tempfile
import threading
import time
from pathlib import Path

import msgspec
import uvicorn
from fastapi import Request

from api.asgi import build
from api.bodies import Shape
from api.routes.table import ROUTES
from api.security import EVERYONE, Guard, rule
from api.writes import body_of, json_response
from cli.serving import ensure_operator
from domain.application import GreenChannel
from domain.commands import PickUpGoods
from infra import bootstrap
from infra.settings import Settings
from tests.benchmarks.harness import compared

CONNECTIONS = 64
SECONDS = 5.0


def run():
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        whole = Bench(Path(folder) / "whole", has_views=True)
        bare = Bench(Path(folder) / "bare")
        stock = Bench(Path(folder) / "stock", on_stock=True)
        shares = [[], [], [], []]
        for number in range(2):
            shares[0].append(whole.load("/v1/pickups", f"a{number}"))
            shares[1].append(whole.load("/v1/no-op", f"b{number}"))
            shares[2].append(bare.load("/v1/pickups", f"c{number}"))
            shares[3].append(stock.load("/v1/pickups", f"d{number}"))
        for bench in (whole, bare, stock):
            bench.stop()
    pickups, no_op, without, on_stock = (max(found) for found in shares)
    work = "POST /v1/pickups, 64 connections"
    peer = "the same route on eventsourcing.sqlite"
    return [
        compared(work, pickups, "requests/s", "async no-op route", no_op, 0.2),
        compared(f"{work}, no views", without, "requests/s", peer, on_stock, 2.0),
    ]


class Bench:
    def __init__(self, folder, *, on_stock=False, has_views=False):
        self.node = bootstrap.Node(Settings(data=folder))
        ensure_operator(self.node)
        self.key = (folder / "secrets" / "operator").read_text()
        if on_stock:
            self.use_stock(folder)
        if has_views:
            self.node.start()
        app = self.app()
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(app, log_level="error", access_log=False)
        self.server = uvicorn.Server(config)
        arguments = {"sockets": [listener]}
        self.thread = threading.Thread(target=self.server.run, kwargs=arguments)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def use_stock(self, folder):
        """The same application over the library's recorder; reads are not asked."""
        operator = list(self.node.application.recorder.read_page(0, 10))
        env = bootstrap.environment(self.node.settings) | {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(folder / "stock.db"),
        }
        stock = GreenChannel(self.node.clock, env)
        for _, _, _, topic, state in operator:
            event = bootstrap.mapper.decode(topic, state)
            stock.recorder.insert_events([stock.mapper.to_stored_event(event)])
        self.node.application.close()
        self.node.application = stock

    def app(self):
        app = build(self.node)
        guard = Guard(self.node)
        shape = Shape(next(r for r in ROUTES if r.command is PickUpGoods))

        @rule(EVERYONE)
        async def no_op(request: Request):
            guard.admit(request, EVERYONE)
            shape.read(await body_of(request))
            return json_response({"position": "0"}, 201)

        app.add_api_route("/v1/no-op", no_op, methods=["POST"])
        return app

    def load(self, path, name):
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            return pool.apply(load, (self.port, self.key, path, name))

    def stop(self):
        self.server.should_exit = True
        self.thread.join()
        self.node.policies.stop()
        self.node.runner.stop()
        self.node.application.close()


def load(port, key, path, name):
    return asyncio.run(_load(port, key, path, name))


async def _load(port, key, path, name):
    until = time.perf_counter() + SECONDS
    begun = time.perf_counter()
    counts = await asyncio.gather(
        *(_client(port, key, path, f"{name}-{n}", until) for n in range(CONNECTIONS))
    )
    return sum(counts) / (time.perf_counter() - begun)


async def _client(port, key, path, name, until):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < until:
        body = msgspec.json.encode(pickup(f"{name}-{count}"))
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 201"), answer
        length = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        count += 1
    writer.close()
    return count


def pickup(document_no):
    return {
        "document_no": document_no,
        "plate": "鲁X00001",
        "plate_kind": "blue",
        "lines": [
            {"code": "80#", "cases": 120, "case_mass_kg": 5, "unit_price_cny": 45}
        ],
        "stops": [{"place": f"C{n:02d}", "planned": {"80#": 12}} for n in range(10)],
    }
