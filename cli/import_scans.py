"""`greenchannel import scans FILE`: what a phone kept and could not send.

The export of the checkpoint app is one scan a line, as /v1/scans takes it. So a lost,
broken or revoked phone's queue still comes in, through the operator.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
import typer

from cli.console import DEFAULT_DATA, OUT, Data, progress, say
from cli.import_pickups import imports
from cli.node import NodeClient
from cli.store import AsJson

BATCH = 250
LONGEST = 4000
SUMMARY = "{lines} 行 · 新 {taken} · 已知 {known} · 退回 {rejected} {rejects}"


class _Line(NamedTuple):
    """A line that is an object; else `reason` says why it is none."""

    raw: bytes
    body: dict[str, Any]
    reason: str = ""


@imports.command()
def scans(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Post every scan of FILE; what is refused comes back as FILE.rejected.

    Exit code 1 when lines were refused. Importing a file again changes nothing.
    """
    node = NodeClient(data)
    lines = [_read(raw) for raw in _raw_lines(file)]
    counts, flags, rejects = Counter[str](), Counter[str](), list[tuple[bytes, str]]()
    rejects += [(line.raw, line.reason) for line in lines if line.reason]
    good = [line for line in lines if not line.reason]
    with progress() as bar:
        task = bar.add_task(file.name, total=len(good))
        for start in range(0, len(good), BATCH):
            batch = good[start : start + BATCH]
            for line, answer in zip(batch, _post(node, batch), strict=True):
                if problem := answer.get("problem"):
                    rejects.append(
                        (line.raw, f"{problem['code']}: {problem['detail']}")
                    )
                else:
                    counts["known" if answer["known"] else "taken"] += 1
                    flags.update(answer["flags"])
            bar.update(task, completed=start + len(batch))
    figures = {
        "lines": len(lines),
        "taken": counts["taken"],
        "known": counts["known"],
        "flags": dict(flags),
        "rejected": len(rejects),
        "rejects": _write(file, rejects),
    }
    _tell(figures, as_json=as_json)
    if rejects:
        raise typer.Exit(1)


def _tell(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        OUT.print_json(data=figures)
        return
    say(SUMMARY.format(**figures))
    if flags := figures["flags"]:
        say("收下并标记：" + " · ".join(f"{k} {n}" for k, n in flags.items()))


def _raw_lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        for raw in opened:
            if line := raw.removeprefix(b"\xef\xbb\xbf").strip():
                yield line


def _read(raw: bytes) -> _Line:
    if len(raw) > LONGEST:
        return _Line(raw, {}, f"a scan has at most {LONGEST} bytes")
    try:
        return _Line(raw, msgspec.json.decode(raw, type=dict[str, Any]))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _Line(raw, {}, f"malformed-json: {error}")


def _post(node: NodeClient, batch: Sequence[_Line]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = node.post("/v1/scans", [line.body for line in batch])[
        "items"
    ]
    return told


def _write(file: Path, rejects: Sequence[tuple[bytes, str]]) -> str:
    """The refused lines as they were, each under its reason; nothing is lost."""
    if not rejects:
        return ""
    target = file.with_name(f"{file.name}.rejected")
    with target.open("wb") as out:
        for raw, reason in rejects:
            out.write(b"# " + reason.replace("\n", " ").encode() + b"\n" + raw + b"\n")
    return str(target)
