"""What clients asked and were told: one JSON line at each end of an operation.

Times are CLOCK_MONOTONIC: on one machine all processes read the same clock.
"""

import os
import time
from collections.abc import Iterable
from itertools import count
from math import inf
from pathlib import Path
from typing import Literal

import msgspec

Kind = Literal["write", "read", "barrier", "witness", "healed", "fault"]
Outcome = Literal["ok", "fail", "unknown"]


class Made(msgspec.Struct, frozen=True, array_like=True):
    """An event as a client made it; `state` names it, no two are alike."""

    stream: str
    version: int
    state: str


class Line(msgspec.Struct, omit_defaults=True):
    at: float
    op: str
    end: Literal["invoke"] | Outcome
    kind: Kind = "write"
    node: str = ""
    life: int = 0
    events: tuple[Made, ...] = ()
    tracking: tuple[str, int] | None = None
    positions: tuple[int, ...] = ()
    stream: str = ""
    version: int = 0
    position: int = 0
    what: str = ""


class Operation(msgspec.Struct):
    """Both ends of it. Without an answer it never returned and may have any outcome.

    A write holds `events` and perhaps `tracking`, and is told `positions`. A read or
    a barrier is told the `position` that its node had reached; a read also the
    `version` of one `stream`. `life` counts the starts of a node.
    """

    op: str
    kind: Kind
    node: str
    life: int
    invoked: float
    events: tuple[Made, ...] = ()
    tracking: tuple[str, int] | None = None
    returned: float = inf
    outcome: Outcome = "unknown"
    positions: tuple[int, ...] = ()
    stream: str = ""
    version: int = 0
    position: int = 0
    what: str = ""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """An event as it stands in a node's file."""

    position: int
    stream: str
    version: int
    state: str


class Final(msgspec.Struct, frozen=True):
    """What one node holds when all is over."""

    node: str
    digest: str
    entries: tuple[Entry, ...]
    damage: tuple[str, ...] = ()


class Recorder:
    """Appends whole lines, so that a kill leaves none but a last one torn."""

    def __init__(self, path: Path, node: str = "", life: int = 0) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._node, self._life, self._numbers = node, life, count()

    def invoke(self, kind: Kind, **fields) -> str:
        op = f"{self._node}.{self._life}.{next(self._numbers)}"
        self._write(op, "invoke", kind=kind, **fields)
        return op

    def answer(self, op: str, outcome: Outcome, **fields) -> None:
        self._write(op, outcome, **fields)

    def close(self) -> None:
        os.close(self._file)

    def _write(self, op: str, end: str, **fields) -> None:
        fields = {"node": self._node, "life": self._life, **fields}
        line = Line(time.monotonic(), op, end, **fields)
        os.write(self._file, msgspec.json.encode(line) + b"\n")


def read(paths: Iterable[Path]) -> list[Operation]:
    """The operations of all files, by the time they began."""
    operations: dict[str, Operation] = {}
    for path in paths:
        for line in path.read_bytes().split(b"\n")[:-1]:
            _add(operations, msgspec.json.decode(line, type=Line))
    return sorted(operations.values(), key=lambda each: each.invoked)


def _add(operations: dict[str, Operation], line: Line) -> None:
    if line.end == "invoke":
        operations[line.op] = Operation(
            op=line.op,
            kind=line.kind,
            node=line.node,
            life=line.life,
            invoked=line.at,
            events=line.events,
            tracking=line.tracking,
            stream=line.stream,
            what=line.what,
        )
        return
    found = operations[line.op]
    found.returned, found.outcome = line.at, line.end
    found.positions, found.position = line.positions, line.position
    found.version = line.version
    found.what = found.what or line.what
