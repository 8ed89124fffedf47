"""A certificate for the node, so that phones may use their cameras: `serve --tls`."""

from typing import Annotated

import typer

from cli.console import DEFAULT_DATA, Data, fail, say
from infra.clock import SystemClock
from infra.settings import Settings
from infra.tls import NotCoveredError, fingerprint, issue

Names = Annotated[
    list[str], typer.Argument(help="Host names and addresses of the node")
]


def tls(names: Names, data: Data = DEFAULT_DATA) -> None:
    """Make a local authority once, and a certificate for the node: again renews it."""
    folder = Settings(data=data).tls
    try:
        files = issue(folder, names, SystemClock()())
    except NotCoveredError as error:
        fail(
            f"The authority in {folder} does not cover {error}. Remove the folder to"
            " make another; every phone must then trust that one"
        )
    except (OSError, ValueError) as error:
        fail(str(error))
    say(f"{files.node}  {', '.join(names)}")
    say(f"{files.ca}  SHA-256 {fingerprint(files.ca)}")
    say("Next: greenchannel serve --tls; phones then open /trust once")
