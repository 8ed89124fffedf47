"""Each `case` of each decide and evolve, and each check, deleted: from the AST.

The unit tests of the domain are the judge. Those of every command come first: most
mutants are red within a second.
"""

import ast
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
JUDGES = ("tests/unit/domain/test_every_command.py", "tests/unit/domain")
SUBJECTS = {"command", "event"}
DECIDING = (
    "access",
    "alert",
    "approval",
    "checkpoint",
    "device",
    "document",
    "draft",
    "enterprise",
    "facts",
    "issuer",
    "lane",
    "need",
    "passes",
    "person",
    "pickup",
    "place",
    "request",
    "road",
    "scan",
    "shipment",
    "trip",
    "vehicle",
)
"""The modules of domain/ in which decisions are taken and remembered."""


class Case(NamedTuple):
    """`text` is the module without what `defence` names."""

    defence: str
    file: str
    text: str
    tests: tuple[str, ...] = JUDGES
    threat: str = "cases"
    red: tuple[int, ...] = (1, 2)
    """Also where an example can no longer be made: the text itself is sound."""

    def changed(self, _: str) -> str:
        return self.text


def cases() -> list[Case]:
    return [case for name in DECIDING for case in _of_module(f"domain/{name}.py")]


def _of_module(file: str) -> Iterator[Case]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            for what, body, index in _parts(function):
                where = f"{file}:{body[index].lineno} {function.name}"
                yield Case(f"{where}: {what}", file, _without(tree, body, index))


def _parts(function: ast.FunctionDef) -> Iterator[tuple[str, list, int]]:
    """What can be deleted: its words, the list that it stands in, and where."""
    for node in ast.walk(function):
        if isinstance(node, ast.Match) and ast.unparse(node.subject) in SUBJECTS:
            yield from _of_match(node)
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield from _of_block(block)


def _of_match(node: ast.Match) -> Iterator[tuple[str, list, int]]:
    for index, case in enumerate(node.cases):
        pattern = case.pattern
        case.lineno = pattern.lineno
        if isinstance(pattern, ast.MatchOr):
            for at, one in enumerate(pattern.patterns):
                yield f"case {ast.unparse(one)}", pattern.patterns, at
        elif not (isinstance(pattern, ast.MatchAs) and pattern.pattern is None):
            yield f"case {ast.unparse(pattern)}", node.cases, index


def _of_block(block: list[ast.stmt]) -> Iterator[tuple[str, list, int]]:
    for index, node in enumerate(block):
        text = ast.unparse(node).partition("\n")[0]
        is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        is_check = is_call and "assert_never" not in text
        if is_check or (isinstance(node, ast.If) and _is_branch(node)):
            yield text, block, index


def _is_branch(node: ast.If) -> bool:
    return isinstance(node.body[-1], ast.Raise) or _is_case(node.test)


def _is_case(test: ast.expr) -> bool:
    words = ast.unparse(test)
    return any(words.startswith(f"isinstance({name},") for name in SUBJECTS)


def _without(tree: ast.Module, block: list, index: int) -> str:
    """The module's text without that part; a block that it leaves empty passes."""
    gone = block.pop(index)
    if not block:
        block.append(ast.Pass())
    changed = ast.unparse(ast.fix_missing_locations(deepcopy(tree)))
    if isinstance(block[0], ast.Pass) and len(block) == 1:
        block.clear()
    block.insert(index, gone)
    return changed
