"""`greenchannel`: one file per command."""

import typer

from cli.demo import demo
from cli.serve import serve

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.command()(serve)
app.command()(demo)


@app.callback()
def main() -> None:
    """The green channel coordination system (绿色通道协调系统)."""
