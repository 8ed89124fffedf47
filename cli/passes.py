"""`greenchannel pass show`: is this a pass, and valid? From its text or a picture."""

import json
import sys
from codecs import BOM_UTF8
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec.structs import asdict

from cli.console import DEFAULT_DATA, OUT, Data, fail
from infra.clock import SystemClock
from infra.passes import qr
from infra.passes.claims import KINDS, Pass
from infra.passes.keys import PublicKey, from_base64, from_jwk
from infra.passes.lists import TRUST_LIST
from infra.passes.opener import open_pass
from infra.passes.refused import Refused
from infra.passes.text import LONGEST_TEXT, PREFIX
from infra.passes.trust import TrustList, open_trust_list
from infra.settings import Settings

STDIN = "-"
MOST_BYTES = 64 << 20
passes = typer.Typer(no_args_is_help=True, help="Passes, without a network.")


@passes.callback()
def group() -> None:
    """Passes, without a network."""


@passes.command()
def show(
    file: Annotated[str, typer.Argument(help="Text or picture; - reads stdin")],
    trust: Annotated[Path | None, typer.Option(help="The trust list")] = None,
    root: Annotated[Path | None, typer.Option(help="The root's public key")] = None,
    at: Annotated[str, typer.Option(help="When, as 2020-02-16T09:40+08:00")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Print verdict, reason and content as JSON; exit code 0 for a valid pass only.

    Without --trust the data folder's own list is used; the root's public key is
    root.pub or what /v1/trust-root gave, beside the list.
    """
    told = _judge(_text(file), _trusted(data, trust, root), _moment(at))
    OUT.print_json(json.dumps(told, ensure_ascii=False), ensure_ascii=False)
    if told["verdict"] != "valid":
        raise typer.Exit(1)


def _judge(text: str, trust: TrustList, now: int) -> dict[str, Any]:
    try:
        opened = open_pass(text, trust, now)
    except Refused as refused:
        return _verdict(refused.code, refused.detail, None)
    return _verdict(opened.problem, "", _content(opened.a_pass))


def _verdict(reason: str, detail: str, content: Any) -> dict[str, Any]:
    verdict = "invalid" if reason else "valid"
    told = {"verdict": verdict, "reason": reason, "detail": detail}
    return told | {"content": content}


def _content(a_pass: Pass) -> dict[str, Any]:
    body = asdict(a_pass.body)
    body["id_check"] = a_pass.body.id_check.hex()
    body["plate_kind"] = KINDS[a_pass.body.plate_kind]
    times = ("valid_from", "valid_until", "issued")
    head = {name: _iso(getattr(a_pass, name)) for name in times}
    return {"number": a_pass.number, "issuer": a_pass.issuer, **head, **body}


def _text(file: str) -> str:
    """What is written there, or the one code of ours in a picture."""
    content = _content_of(file)
    start = content[: LONGEST_TEXT + 8].removeprefix(BOM_UTF8)
    if start.startswith(PREFIX.encode()) or start.isascii():
        return start.decode("utf-8", "replace").strip("\r\n")
    try:
        found = qr.read(content)
    except ValueError:
        fail(f"{file} is no text of a pass, and no picture")
    ours = [text for text in found if text.startswith(PREFIX)]
    if not found:
        fail(f"{file}: no QR code can be read")
    return (ours or found)[0]


def _content_of(file: str) -> bytes:
    try:
        if file == STDIN:
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(file).open("rb") as source:
                content = source.read(MOST_BYTES + 1)
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    if len(content) > MOST_BYTES:
        fail(f"{file}: a picture has at most {MOST_BYTES >> 20} MiB")
    return content


def _trusted(data: Path, trust: Path | None, root: Path | None) -> TrustList:
    own = Settings(data=data).signing
    path = trust or own / TRUST_LIST
    if not path.exists():
        fail(f"There is no trust list {path}: see signing-keys trust-list, or --trust")
    try:
        return open_trust_list(path.read_bytes(), _root(path, own, root))
    except Refused as refused:
        fail(f"{path} is no trust list of this root: {refused}")


def _root(path: Path, own: Path, root: Path | None) -> PublicKey:
    beside = (path.with_name("root.pub"), path.with_name("root.json"))
    places = [root] if root else [*beside, own / "root.pub"]
    found = next((place for place in places if place and place.exists()), None)
    if found is None:
        fail("Whose list is it? Name the root's public key with --root")
    text = found.read_text("utf-8").strip()
    try:
        return from_jwk(json.loads(text)) if text[:1] == "{" else from_base64(text)
    except (ValueError, KeyError, Refused) as error:
        fail(f"{found} holds no public key: {error}")


def _moment(at: str) -> int:
    if not at:
        return int(SystemClock()().timestamp())
    try:
        time = datetime.fromisoformat(at)
    except ValueError:
        fail(f"{at} is no time, as 2020-02-16T09:40+08:00")
    if time.tzinfo is None:
        fail(f"{at} needs an offset, as 2020-02-16T09:40+08:00")
    return int(time.timestamp())


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
