"""`greenchannel`: one file per command."""

import typer

from cli.access import access
from cli.demo import demo
from cli.erase import erase, retention
from cli.import_pickups import imports
from cli.import_scans import scans
from cli.kafka import kafka
from cli.passes import passes
from cli.replay import replay
from cli.serve import serve
from cli.signing_keys import signing_keys
from cli.store import backup, export, rebuild, verify
from cli.tls import tls
from cli.vault import vault

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.command()(serve)
for command in (demo, replay, tls, verify, rebuild, backup, export, erase, retention):
    app.command()(command)
imports.command()(scans)
app.add_typer(access, name="access")
app.add_typer(imports, name="import")
app.add_typer(kafka, name="kafka")
app.add_typer(passes, name="pass")
app.add_typer(signing_keys, name="signing-keys")
app.add_typer(vault, name="vault")


@app.callback()
def main() -> None:
    """The green channel coordination system (绿色通道协调系统)."""
