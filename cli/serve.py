"""`greenchannel serve`."""

from typing import Annotated

import msgspec
import typer

from cli.console import DEFAULT_DATA, Data

OPERATOR = "operator"


class Running(msgspec.Struct, frozen=True):
    """DATA/node.json: where the node answers."""

    url: str
    pid: int


def serve(
    data: Data = DEFAULT_DATA,
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one")] = 8420,
    clock: Annotated[
        str, typer.Option(help="As 2020-02-16T05:30+08:00@60: start and speed")
    ] = "",
    tls: Annotated[  # noqa: FBT002 -- an option of the command line
        bool, typer.Option("--tls", help="With the certificate of `greenchannel tls`")
    ] = False,
) -> None:
    """Serve the API and the pages until it is stopped."""
    # The web takes a second to load, which every other command would pay.
    from cli.serving import run  # noqa: PLC0415 -- as said

    run(data, host, port, clock, tls=tls)
