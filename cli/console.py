"""What commands say, and how they fail: one line on stderr, exit code 2."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

Data = Annotated[Path, typer.Option(help="The data folder")]
DEFAULT_DATA = Path("data")
OUT = Console(highlight=False, markup=False)
ERR = Console(stderr=True, highlight=False, markup=False)


def say(text: str) -> None:
    OUT.print(text, soft_wrap=True)


def fail(text: str) -> NoReturn:
    ERR.print(text, style="red", soft_wrap=True)
    raise typer.Exit(2)
