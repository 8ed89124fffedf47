"""Tables of routes: which path takes which command from whom."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from domain.commands import Command
from domain.values import Role


class Route(NamedTuple):
    """One write: the body is the command's fields less those in the path.

    `server_made` are fields that the server fills in; `example` goes into OpenAPI.
    `open_fields` are sealed in the command, and travel open as these types.
    """

    path: str
    command: type[Command]
    roles: frozenset[Role]
    summary: str
    example: Mapping[str, Any]
    server_made: tuple[str, ...] = ()
    open_fields: Mapping[str, Any] = {}


FIRMS = frozenset({Role.FIRM, Role.COORDINATOR, Role.ADMIN})
ROAD = FIRMS | {Role.DRIVER}
APPLICANTS = FIRMS | {Role.LIAISON}
REVIEWERS = frozenset({Role.REVIEWER, Role.ADMIN})
READERS = REVIEWERS | {Role.FIRM}
LIAISONS = frozenset({Role.LIAISON, Role.COORDINATOR, Role.ADMIN})
POSTS = frozenset({Role.CHECKPOINT, Role.COORDINATOR, Role.ADMIN})
COORDINATORS = frozenset({Role.COORDINATOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
