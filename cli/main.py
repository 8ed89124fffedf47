"""`greenchannel`: one file per command, imported when it is asked for."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

COMMANDS = {
    "serve": "serve:serve",
    "demo": "demo:demo",
    "replay": "replay:replay",
    "tls": "tls:tls",
    "verify": "store:verify",
    "rebuild": "store:rebuild",
    "backup": "store:backup",
    "export": "store:export",
    "erase": "erase:erase",
    "retention": "erase:retention",
    "access": "access:access",
    "import": "import_scans:imports",
    "kafka": "kafka:kafka",
    "pass": "passes:passes",
    "signing-keys": "signing_keys:signing_keys",
    "vault": "vault:vault",
}
"""Module and name in this package: to import them all takes a second."""


class Commands(TyperGroup):
    """Loads the one that is asked for; help lists all, and loads all."""

    def list_commands(self, ctx: Any) -> list[str]:
        _ = ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        _ = ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"cli.{module}"), name)
        if not isinstance(found, typer.Typer):
            only, found = found, typer.Typer(add_completion=False)
            found.command(cmd_name)(only)
        made = get_command(found)
        made.name = cmd_name
        return made


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False)


@app.callback()
def main() -> None:
    """The green channel coordination system (绿色通道协调系统)."""
