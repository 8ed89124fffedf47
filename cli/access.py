"""Keys and invitations, through the running node."""

from pathlib import Path
from typing import Annotated, Any

import segno
import typer

from cli.console import DEFAULT_DATA, OUT, Data, say
from cli.node import NodeClient, events_db
from cli.store import AsJson
from domain.access import Access, evolve
from domain.values import Role
from infra import mapper
from infra.event_store import Reader

PAGE = 2000

access = typer.Typer(no_args_is_help=True, help="Keys, invitations, revocations.")
Roles = Annotated[list[Role], typer.Option("--role", help="Once per role")]
Organisation = Annotated[str, typer.Option(help="Whose key it is")]
Issuer = Annotated[str, typer.Option(help="For whom a reviewer decides")]


@access.command()
def key(
    name: str,
    roles: Roles,
    organisation: Organisation = "",
    issuer: Issuer = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a machine's key; it is shown once."""
    body = {
        "name": name,
        "roles": roles,
        "organisation": organisation,
        "issuer": issuer,
    }
    say(NodeClient(data).post("/v1/keys", body)["key"])


@access.command()
def invite(
    name: str,
    roles: Roles,
    organisation: Organisation = "",
    issuer: Issuer = "",
    checkpoint: Annotated[str, typer.Option(help="Place of duty")] = "",
    address: Annotated[
        str, typer.Option(help="How phones reach the node, as https://10.0.0.5:8420")
    ] = "",
    qr: Annotated[bool, typer.Option("--qr", help="Draw it, to be scanned")] = False,  # noqa: FBT002 -- an option of the command line
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a person's link; it works once, for a week. With a post: enrols a phone."""
    body = {
        "name": name,
        "roles": roles,
        "organisation": organisation,
        "checkpoint": checkpoint,
        "issuer": issuer,
    }
    node = NodeClient(data)
    link = str(node.post("/v1/invitations", body)["link"])
    if address:
        link = link.replace(str(node.http.base_url).rstrip("/"), address.rstrip("/"), 1)
    say(link)
    if qr:
        segno.make(link).terminal(compact=True)


@access.command(name="list")
def list_all(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Every key and invitation, a line each: id, state, until when, roles, whose."""
    rows = [_row(stream, one) for stream, one in _everyone(data).items()]
    if as_json:
        OUT.print_json(data=rows)
    for row in () if as_json else rows:
        say("  ".join(row.values()))


def _everyone(data: Path) -> dict[str, Access]:
    found: dict[str, Access] = {}
    reader = Reader(events_db(data))
    position = 0
    while page := reader.page(position, PAGE):
        for position, stream, _, topic, state in page:  # noqa: B007 -- the last counts
            if stream.startswith("access:"):
                event: Any = mapper.decode(topic, state)
                found[stream] = evolve(found.get(stream), event)
    reader.close()
    return found


def _row(stream: str, one: Access) -> dict[str, str]:
    made = "invited" if one.is_invitation and not one.is_accepted else "live"
    return {
        "id": stream.partition(":")[2],
        "state": "revoked" if one.is_revoked else made,
        "until": one.expires_time.date().isoformat(),
        "roles": ",".join(one.roles),
        "organisation": one.organisation,
        "name": one.name,
    }


@access.command()
def revoke(access_id: str, reason: str = "", data: Data = DEFAULT_DATA) -> None:
    """End a key, or an invitation and its sessions."""
    path = f"/v1/keys/{access_id}/revocations"
    answer = NodeClient(data).post(path, {"reason": reason})
    OUT.print_json(data=answer)
