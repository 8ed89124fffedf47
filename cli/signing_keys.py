"""Keys that sign passes: made here, published by the running node, rotated in time."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import DEFAULT_DATA, OUT, Data, fail, say
from cli.node import NodeClient, read_views, running_on
from cli.store import AsJson
from domain.commands import PublishSigningKey
from infra import whole_file
from infra.clock import SystemClock
from infra.passes.keys import KeyFolder, SigningKey, from_base64, read_key
from infra.passes.lists import TRUST_LIST
from infra.passes.refused import Refused
from infra.passes.signers import Signers
from infra.passes.trust import open_trust_list, sign_trust_list
from infra.settings import Settings
from projections.signing_keys import Key, register

signing_keys = typer.Typer(no_args_is_help=True, help="Keys that sign passes.")
Root = Annotated[Path | None, typer.Option(help="The root key, where it is kept")]


@signing_keys.command()
def make(issuer: str, data: Data = DEFAULT_DATA) -> None:
    """Make a key that signs for ISSUER (or `lists`) from now on, for 90 days."""
    node = NodeClient(data)
    key = _signers(data, node).make(issuer, _now(node))
    say(f"{key.kid.hex()}  {issuer}")


@signing_keys.command()
def rotate(data: Data = DEFAULT_DATA) -> None:
    """Make the next key of whoever has none, or one that ends within 14 days."""
    node = NodeClient(data)
    made = _signers(data, node).rotate(_now(node))
    say(f"{len(made)} made: {', '.join(made)}" if made else "Every key lasts")


@signing_keys.command(name="list")
def list_all(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Every key: kid, state, whose, from when until when, and whether it lies here."""
    folder = KeyFolder(Settings(data=data).signing)
    now = _now_here(data)
    rows = [_told(key, folder, now) for key in register(read_views(data)).keys]
    rows.sort(key=lambda row: (row["issuer"], row["from_time"]))
    if as_json:
        OUT.print_json(data=rows)
    for row in () if as_json else rows:
        say("  ".join(str(value) for value in row.values()))


@signing_keys.command(name="trust-list")
def trust_list(data: Data = DEFAULT_DATA, root: Root = None) -> None:
    """Sign the trust list with the root key, and put it where the node serves it."""
    signers = Signers(read_views(data), _refuse, KeyFolder(Settings(data=data).signing))
    key = _root(signers, root)
    now = _now_here(data)
    version, keys = signers.trusted(now)
    path = signers.folder.folder / TRUST_LIST
    body = sign_trust_list(keys, version, int(now.timestamp()), key)
    if path.exists():
        _check_newer(path, key, version)
    whole_file.write(path, body, whole_file.PUBLIC)
    say(f"{path}  version {version}, {len(keys)} keys, {len(body):,} B")


def _signers(data: Path, node: NodeClient) -> Signers:
    def publish(command: PublishSigningKey) -> None:
        body = {
            "access_id": command.access_id,
            "issuer": command.issuer,
            "public_key": command.public_key,
            "from_time": command.from_time.isoformat(),
            "until_time": command.until_time.isoformat(),
        }
        node.post("/v1/signing-keys", body)

    return Signers(read_views(data), publish, KeyFolder(Settings(data=data).signing))


def _refuse(_: PublishSigningKey) -> None:
    fail("No key is made here")


def _root(signers: Signers, path: Path | None) -> SigningKey:
    """The root key of this node's phones; another would open nothing for them."""
    try:
        key = read_key(path) if path else signers.folder.root()
    except (OSError, ValueError) as error:
        fail(f"{path}: {error}")
    known = signers.folder.root_public()
    if key is None:
        fail("The root key is not here: name it with --root")
    if known and known.kid != key.kid:
        fail(f"This is not the root key {known.kid.hex()} that the node shows")
    return key


def _check_newer(path: Path, root: SigningKey, version: int) -> None:
    try:
        held = open_trust_list(path.read_bytes(), root.public).version
    except Refused as refused:
        fail(f"{path} is no list of this root: {refused}")
    if version < held:
        fail(f"{path} has version {held}; this log has come to {version} only")


def _now(node: NodeClient) -> datetime:
    return datetime.fromisoformat(node.get("/health")["now"])


def _now_here(data: Path) -> datetime:
    """The programme's time where a node runs here, else the system's."""
    return _now(NodeClient(data)) if running_on(data) else SystemClock()()


def _told(key: Key, folder: KeyFolder, now: datetime) -> dict[str, Any]:
    kid = from_base64(key.public_key).kid
    return {
        "kid": kid.hex(),
        "state": _state(key, now),
        "issuer": key.issuer,
        "from_time": key.from_time.isoformat(),
        "until_time": key.until_time.isoformat(),
        "private_key": "here" if folder.get(kid) else "elsewhere",
        "access_id": key.access_id,
    }


def _state(key: Key, now: datetime) -> str:
    if key.is_revoked:
        return "revoked"
    if now < key.from_time:
        return "ahead"
    return "signing" if now < key.until_time else "ended"
