"""Keys and invitations, through the running node."""

from typing import Annotated

import typer

from cli.console import DEFAULT_DATA, OUT, Data, say
from cli.node import NodeClient
from domain.values import Role

access = typer.Typer(no_args_is_help=True, help="Keys, invitations, revocations.")
Roles = Annotated[list[Role], typer.Option("--role", help="Once per role")]
Organisation = Annotated[str, typer.Option(help="Whose key it is")]


@access.command()
def key(
    name: str,
    roles: Roles,
    organisation: Organisation = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a machine's key; it is shown once."""
    body = {"name": name, "roles": roles, "organisation": organisation}
    say(NodeClient(data).post("/v1/keys", body)["key"])


@access.command()
def invite(
    name: str,
    roles: Roles,
    organisation: Organisation = "",
    checkpoint: Annotated[str, typer.Option(help="Place of duty")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a person's link; it works once, for a week."""
    body = {
        "name": name,
        "roles": roles,
        "organisation": organisation,
        "checkpoint": checkpoint,
    }
    say(NodeClient(data).post("/v1/invitations", body)["link"])


@access.command()
def revoke(access_id: str, reason: str = "", data: Data = DEFAULT_DATA) -> None:
    """End a key, or an invitation and its sessions."""
    path = f"/v1/keys/{access_id}/revocations"
    answer = NodeClient(data).post(path, {"reason": reason})
    OUT.print_json(data=answer)
