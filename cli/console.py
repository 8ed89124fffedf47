"""What commands say, and how they fail: one line on stderr, exit code 2."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

Data = Annotated[Path, typer.Option(help="The data folder")]
DEFAULT_DATA = Path("data")
# No emoji: ":AB:" in a fingerprint is not a picture.
OUT = Console(highlight=False, markup=False, emoji=False)
ERR = Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(text: str) -> None:
    OUT.print(text, soft_wrap=True)


def fail(text: str) -> NoReturn:
    ERR.print(text, style="red", soft_wrap=True)
    raise typer.Exit(2)


def progress() -> Progress:
    """A bar on stderr, so that what is piped stays clean."""
    return Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=ERR,
        transient=True,
    )


@contextmanager
def catching_up() -> Iterator[Callable[[int, int], None]]:
    """To be told how far a node has come with the shared log; silent for one alone."""
    with progress() as bar:
        task = bar.add_task("log", total=None, visible=False)

        def show(done: int, end: int) -> None:
            bar.update(task, completed=done, total=end, visible=True)

        yield show
