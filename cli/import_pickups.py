"""`greenchannel import pickups FILE`: a spreadsheet into a running node."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import DEFAULT_DATA, OUT, Data, fail, progress, say
from cli.node import NodeClient
from cli.sheets.files import SheetError, read_sheet, write_rejects
from cli.sheets.pickups import Parsed, Pickup, parse
from cli.store import AsJson

BATCH = 200
SUMMARY = (
    "{rows} 行 · {documents} 单 · 已知 {known} 单 · 退回 {rejected_rows} 行 {rejects}"
)

imports = typer.Typer(no_args_is_help=True, help="Files into the running node.")


@imports.callback()
def main() -> None:
    """Files into the running node."""


@imports.command()
def pickups(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    data: Data = DEFAULT_DATA,
    organisation: Annotated[str, typer.Option(help="Where no column says")] = "",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Post every document of FILE; rejects come back as FILE.rejected with 原因.

    Exit code 1 when rows were rejected. Importing a file again changes nothing.
    """
    node = NodeClient(data)
    try:
        sheet = read_sheet(file)
        parsed = parse(sheet, _communities(node))
    except SheetError as error:
        fail(str(error))
    if not organisation and any("organisation" not in p.body for p in parsed.pickups):
        fail("没有写明企业：加一列“企业”，或用 --organisation")
    rejects, known, flags = _post_all(node, file.name, parsed, organisation)
    rejected = _write(file, sheet, rejects)
    figures = {
        "rows": len(sheet.rows),
        "documents": len(parsed.pickups),
        "known": known,
        "flags": flags,
        "rejected_rows": len(rejects),
        "rejects": str(rejected or ""),
    }
    if as_json:
        OUT.print_json(data=figures)
    else:
        say(SUMMARY.format(**figures))
        if flags:
            say("收下并标记：" + " · ".join(f"{k} {n}" for k, n in flags.items()))
    if rejects:
        raise typer.Exit(1)


def _post_all(
    node: NodeClient, title: str, parsed: Parsed, organisation: str
) -> tuple[dict[int, str], int, dict[str, int]]:
    """Why rows were rejected, how many documents were known, and how often flagged."""
    rejects, known, flags = dict(parsed.rejects), 0, Counter[str]()
    with progress() as bar:
        task = bar.add_task(title, total=len(parsed.pickups))
        for start in range(0, len(parsed.pickups), BATCH):
            batch = parsed.pickups[start : start + BATCH]
            answers = _post(node, batch, organisation)
            for pickup, answer in zip(batch, answers, strict=True):
                known += answer.get("known", False)
                flags.update(answer.get("flags", ()))
                if problem := answer.get("problem"):
                    reason = f"{problem['code']}：{problem['detail']}"
                    rejects |= dict.fromkeys(pickup.rows, reason)
            bar.update(task, completed=start + len(batch))
    return rejects, known, dict(flags)


def _communities(node: NodeClient) -> dict[str, str]:
    entries = node.every("/v1/register", "entries", kind="community")
    by_name = {entry["name"]: entry["code"] for entry in entries}
    return by_name | {code: code for code in by_name.values()}


def _post(
    node: NodeClient, batch: list[Pickup], organisation: str
) -> list[dict[str, Any]]:
    bodies = [{"organisation": organisation} | p.body for p in batch]
    items: list[dict[str, Any]] = node.post("/v1/pickups", bodies)["items"]
    return items


def _write(file: Path, sheet: Any, rejects: dict[int, str]) -> Path | None:
    if not rejects:
        return None
    target = file.with_name(f"{file.stem}.rejected{file.suffix}")
    rows = [(sheet.rows[number], rejects[number]) for number in sorted(rejects)]
    write_rejects(target, sheet, rows)
    return target
