"""`python -m tests.benchmarks [TABLE]`: tables, and build/bench.json."""

import importlib
import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from tests.benchmarks.harness import Row

TABLES = (
    "store",
    "views",
    "moments",
    "pickups",
    "positions",
    "scans",
    "map",
    "passes",
    "kafka",
)
ASKED = ("soak",)
"""Too long to run with the others."""
RESULT = Path("build/bench.json")


def main(only):
    if only and only not in (*TABLES, *ASKED):
        print(f"ONLY is one of {', '.join((*TABLES, *ASKED))}", file=sys.stderr)
        return 2
    known = {row.work: row for row in _earlier()}
    found = []
    for name in [only] if only else TABLES:
        rows = list(importlib.import_module(f"tests.benchmarks.bench_{name}").run())
        show(name, rows)
        found += rows
    known |= {row.work: row for row in found}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(list(known.values()))))
    return 0 if all(row.is_reached for row in found) else 1


def show(name, rows):
    table = Table(title=f"{name} · make bench ONLY={name}")
    for heading in ("work", "figure", "unit", "peer", "its figure", "ratio", "floor"):
        table.add_column(heading, justify="left" if heading == "work" else "right")
    for row in rows:
        ratio = f"{row.ratio}" if row.is_reached else f"[red]{row.ratio}[/red]"
        cells = (row.figure, row.unit, row.peer, row.peer_figure, ratio, row.floor)
        table.add_row(row.work, *map(str, cells))
    Console(width=140).print(table)


def _earlier():
    try:
        return msgspec.json.decode(RESULT.read_bytes(), type=list[Row])
    except (OSError, msgspec.DecodeError):
        return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
