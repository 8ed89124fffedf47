"""Runs one node: the API and its pages on one data folder."""

import os
import secrets
import signal
import socket
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import gethostbyname
from types import FrameType

import msgspec
import uvicorn
from eventsourcing.persistence import PersistenceError

from api.asgi import build
from api.security import hash_secret
from cli.console import catching_up, fail, say
from cli.serve import OPERATOR, Running
from domain import commands as c
from domain.values import NODE, Role
from infra import whole_file
from infra.bootstrap import FolderInUseError, Node
from infra.garbage import freeze_what_stays
from infra.settings import (
    Settings,
    kafka_from_environment,
    object_store_from_environment,
    retention_from_environment,
)
from infra.tls import Tls

KEY_LASTS = timedelta(days=3650)
KEEP_ALIVE_SECONDS = 75
"""Longer than clients and proxies keep a connection: who sends on one that the node is
just closing is cut off, and does not know whether it was heard."""


def run(data: Path, host: str, port: int, clock: str, *, tls: bool) -> None:
    """Until it is told to stop."""
    files = _certificate(Settings(data=data).tls) if tls else None
    listener = _listen(host, port)
    try:
        settings = Settings(
            data=data,
            clock=clock,
            kafka=kafka_from_environment(),
            object_store=object_store_from_environment(),
            retention_days=retention_from_environment(),
        )
        with catching_up() as progress:
            node = Node(settings, progress)
    except (FolderInUseError, ValueError, PersistenceError) as error:
        fail(str(error))
    scheme = "https" if files else "http"
    url = f"{scheme}://{_reached_at(host)}:{listener.getsockname()[1]}"
    ensure_operator(node)
    running = data / "node.json"
    told = msgspec.json.encode(Running(url, os.getpid()))
    whole_file.write(running, told, whole_file.PUBLIC)
    node.start()
    freeze_what_stays()
    say(f"{url}  ({data})")
    if not (files or ip_address(gethostbyname(host)).is_loopback):
        say("Keys travel readable unless a proxy with TLS stands in front")
    try:
        _run(node, listener, files)
    finally:
        node.stop()
        running.unlink(missing_ok=True)


def ensure_operator(node: Node) -> None:
    """The operator's key, for the CLI alone: a file of mode 0600 beside the log.

    One that was revoked, or has ended, is made anew: whoever starts a node on a folder
    has all that is in it, and would else be shut out by it for good.
    """
    path = node.settings.secrets / OPERATOR
    if path.exists():
        if _is_live(node, path.read_text()):
            return
        path.unlink()
    secret = secrets.token_hex(24)
    access_id = f"{OPERATOR}-{secrets.token_hex(4)}"
    command = c.IssueKey(
        by=NODE,
        access_id=access_id,
        secret_hash=hash_secret(secret),
        name="Operator",
        roles=tuple(Role),
        organisation=OPERATOR,
        expires_time=node.wall_clock() + KEY_LASTS,
    )
    node.application.handle(command)
    whole_file.create(path, f"gc_{access_id}_{secret}".encode())


def _is_live(node: Node, key: str) -> bool:
    access_id = key.removeprefix("gc_").rpartition("_")[0]
    access = node.application.state(f"access:{access_id}")
    if access is None or access.is_revoked:
        return False
    return bool(access.expires_time > node.wall_clock())


def _certificate(folder: Path) -> Tls:
    files = Tls(folder)
    if not (files.node.exists() and files.node_key.exists()):
        fail("There is no certificate yet; make one with: greenchannel tls HOST…")
    return files


def _reached_at(host: str) -> str:
    """Where this machine reaches itself when it listens on every address."""
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 -- compared


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError:
        fail(f"Port {port} on {host} is taken; choose another with --port")
    return listener


class _Server(uvicorn.Server):
    """Ends open streams when it is told to stop; they would keep it from stopping."""

    def __init__(self, config: uvicorn.Config, node: Node) -> None:
        super().__init__(config)
        self._node = node

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._node.closing.set()
        super().handle_exit(sig, frame)


def _run(node: Node, listener: socket.socket, files: Tls | None) -> None:
    config = uvicorn.Config(
        build(node),
        log_level="warning",
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        ssl_certfile=files and files.node,
        ssl_keyfile=files and files.node_key,
    )
    server = _Server(config, node)
    signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
    server.run(sockets=[listener])
