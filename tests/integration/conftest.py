"""A real node on a real folder, served over real HTTP on loopback."""

import socket
import ssl
import threading
import time

import httpx
import pytest
import uvicorn

from api.asgi import build
from cli.serving import ensure_operator
from infra.bootstrap import Node
from infra.settings import Settings

CLOCK = "2020-02-16T12:00+08:00@1"
TRUST = ssl.create_default_context()
"""One for all clients of plain HTTP: to load what it trusts takes 30 ms."""
ROLES = ("firm", "driver", "checkpoint", "reviewer", "liaison", "coordinator", "admin")


class Served:
    """One node and its keys; `as_(role)` is a client that holds that role."""

    def __init__(self, folder, port=0, kafka=None, tls=None, object_store=None):
        settings = Settings(
            data=folder,
            clock=CLOCK,
            kafka=kafka or {},
            object_store=object_store or {},
        )
        self.node = Node(settings)
        ensure_operator(self.node)
        self.node.start()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        self.verify = ssl.create_default_context(cafile=tls.ca) if tls else TRUST
        config = uvicorn.Config(
            build(self.node),
            log_level="error",
            ws="none",
            ssl_certfile=tls and tls.node,
            ssl_keyfile=tls and tls.node_key,
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [listener]}, daemon=True
        )
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        self.keys = {"operator": (folder / "secrets" / "operator").read_text()}
        self.clients = []

    def as_(self, role, organisation="firm", issuer="county"):
        name = f"{role}-{organisation}"
        if role == "reviewer":
            name += f"-{issuer}"
        if name not in self.keys:
            body = {"name": name, "roles": [role], "organisation": organisation}
            body |= {"issuer": issuer} if role == "reviewer" else {}
            answer = self.client("operator").post("/v1/keys", json=body)
            self.keys[name] = answer.json()["key"]
        return self.client(name)

    @property
    def newest(self):
        """The position of the last event, as reads are asked for by `min_position`."""
        return self.node.application.recorder.max_notification_id()

    def client(self, name=None):
        headers = {"Authorization": f"Bearer {self.keys[name]}"} if name else {}
        made = httpx.Client(
            base_url=self.url, headers=headers, verify=self.verify, timeout=30
        )
        self.clients.append(made)
        return made

    def stop(self):
        for client in self.clients:
            client.close()
        self.node.closing.set()
        self.server.should_exit = True
        self.thread.join()
        self.node.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("node"))
    yield made
    made.stop()


def pickup(document_no, **more):
    return {
        "document_no": document_no,
        "plate": "鲁X00001",
        "plate_kind": "blue",
        "lines": [
            {"code": "80#", "cases": 10, "case_mass_kg": 5, "unit_price_cny": 45}
        ],
        "stops": [{"place": "C01", "planned": {"80#": 10}}],
        "event_time": "2020-02-16T11:50:00+08:00",
    } | more
