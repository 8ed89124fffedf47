"""What operators do with the log itself: verify, back up, export; views: rebuild."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli.console import DEFAULT_DATA, OUT, Data, fail, progress, say
from cli.node import events_db, running_on
from infra import event_store
from infra.event_store import Reader
from infra.settings import Settings
from infra.views import rebuild_apart
from projections import READ_MODELS

PAGE = 2000
AsJson = Annotated[bool, typer.Option("--json", help="For machines")]


def verify(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Recompute the digest of events.db; exit code 1 when something is found."""
    path = events_db(data)
    with progress() as bar:
        task = bar.add_task("verify", total=_last(path))
        report = event_store.verify(path, lambda at: bar.update(task, completed=at))
    if as_json:
        OUT.print_json(msgspec.json.encode(report).decode())
    else:
        say(f"position {report.position} · digest {report.digest}")
        for found in report.findings:
            where = f"{found.position_from}–{found.position_until}"
            say(f"  {where} {found.stream} {found.what}")
        say(f"{len(report.findings)} findings")
    if report.findings:
        raise typer.Exit(1)


def backup(target: Path, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Copy events.db, also beside the running node: a new node can start from it."""
    try:
        with progress() as bar:
            bar.add_task("backup", total=None)
            event_store.backup(events_db(data), target)
    except OSError as error:
        fail(str(error))
    size = target.stat().st_size
    if as_json:
        OUT.print_json(data={"file": str(target), "bytes": size})
    else:
        say(f"{target}  {size:,} B")


def export(
    data: Data = DEFAULT_DATA,
    since: Annotated[int, typer.Option(help="Beyond this position")] = 0,
) -> None:
    """Every event as a line of JSON on stdout: position, stream, topic, the event."""
    path = events_db(data)
    names = ("position", "stream", "version", "topic", "event")
    with closing(Reader(path)) as reader, progress() as bar:
        task = bar.add_task("export", total=_last(path), completed=since)
        while page := reader.page(since, PAGE):
            for *place, state in page:
                line = dict(zip(names, (*place, msgspec.Raw(state)), strict=True))
                sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
            since = page[-1][0]
            bar.update(task, completed=since)


def rebuild(
    data: Data = DEFAULT_DATA,
    view: Annotated[str, typer.Option(help="One read model, else all")] = "",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Build read models anew from the log; the node must not run."""
    if running_on(data):
        fail("The node runs; stop it first")
    names = [model.name for model in READ_MODELS]
    if view and view not in names:
        fail(f"Read models are: {', '.join(names)}")
    settings = Settings(data=data)
    wanted = [view] if view else names
    with progress() as bar:
        task = bar.add_task("rebuild", total=len(wanted))
        for name in wanted:
            rebuild_apart(events_db(data), settings.views, name)
            bar.advance(task)
    if as_json:
        OUT.print_json(data={"rebuilt": wanted})
    else:
        say(f"{len(wanted)} read models rebuilt")


def _last(path: Path) -> int:
    reader = Reader(path)
    last = reader.max_position() or 0
    reader.close()
    return last
