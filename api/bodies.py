"""Request bodies: the domain's commands, less what the path and the key tell.

One Struct per command is made at start; msgspec decodes straight into it, and its
JSON schema is what OpenAPI shows. Unknown fields, wrong types and numbers out of
range are refused with the JSON path at fault.
"""

from collections.abc import Iterable, Mapping
from datetime import MAXYEAR, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import NODEFAULT, Struct

from api.problems import Problem
from api.routes import Route
from domain.commands import Report
from domain.values import Code

MAX_BYTES = 1 << 20
MAX_ITEMS = 1000
_EDGE = {"by", "flags"}
T = TypeVar("T")


class Shape:
    """How a command travels: which fields are in the path, which in the body."""

    def __init__(self, route: Route) -> None:
        command = route.command
        fields = msgspec.structs.fields(command)
        in_path = {f.name for f in fields if f"{{{f.name}}}" in route.path}
        hidden = _EDGE | in_path | set(route.server_made)
        self.command = command
        self.open_fields = route.open_fields
        self.is_owned = any(f.name == "organisation" and f.required for f in fields)
        self.path_fields = _struct(
            f"{command.__name__}Path", [f for f in fields if f.name in in_path]
        )
        told = {"organisation": Code} if self.is_owned else {}
        self.body = _struct(
            command.__name__,
            [f for f in fields if f.name not in hidden],
            told | dict(route.open_fields),
        )
        self.takes_batches = issubclass(command, Report)
        self._one = msgspec.json.Decoder(self.body)

    def path_values(self, params: dict[str, Any]) -> dict[str, Any]:
        try:
            return msgspec.structs.asdict(msgspec.convert(params, self.path_fields))
        except msgspec.ValidationError as error:
            raise Problem(422, "invalid-path", str(error)) from error

    def read(self, raw: bytes | msgspec.Raw) -> Struct:
        """One body; raises Problem `malformed-json` or `invalid-body`."""
        return decode(self._one, raw)


def decode_into(kind: type[T], raw: bytes) -> T:
    """A body that is no command; raises as `Shape.read` does."""
    return decode(msgspec.json.Decoder(kind), raw)


def split(raw: bytes) -> list[msgspec.Raw]:
    """The items of a batch, undecoded, so that each can fail alone."""
    items = decode(_items, raw)
    if len(items) > MAX_ITEMS:
        detail = f"At most {MAX_ITEMS} items travel in one request"
        raise Problem(422, "too-many-items", detail, items=len(items))
    return items


def aware(value: Any, zone: Any) -> tuple[Any, bool]:
    """`value` with every offsetless time placed in `zone`, and if there was one.

    The calendar's first and last year leave no room for an offset: no time of a clock
    lies there, and no board could show it.
    """
    match value:
        case datetime() if not 1 < value.year < MAXYEAR:
            detail = f"{value.isoformat()} is outside the calendar"
            raise Problem(422, "invalid-body", detail)
        case datetime() if value.tzinfo is None:
            return value.replace(tzinfo=zone), True
        case Struct():
            told = ((name, getattr(value, name)) for name in _timed(type(value)))
            pairs = {name: aware(time, zone) for name, time in told if time}
            touched = {name: new for name, (new, is_new) in pairs.items() if is_new}
            if not touched:
                return value, False
            return msgspec.structs.replace(value, **touched), True
        case tuple():
            items = [aware(item, zone) for item in value]
            if not any(is_new for _, is_new in items):
                return value, False
            return tuple(item for item, _ in items), True
    return value, False


@cache
def _timed(kind: type[Struct]) -> tuple[str, ...]:
    """The fields that are a time, or may hold one."""
    return tuple(f.name for f in msgspec.structs.fields(kind) if _holds_time(f.type))


def _holds_time(kind: Any) -> bool:
    if isinstance(kind, type) and issubclass(kind, Struct):
        return bool(_timed(kind))
    return kind is datetime or any(map(_holds_time, get_args(kind)))


def decode(decoder: msgspec.json.Decoder[T], raw: bytes | msgspec.Raw) -> T:
    """Raises Problem; what is nested deeper than anything we know is malformed."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise Problem(422, "invalid-body", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "malformed-json", str(error)) from error


_items = msgspec.json.Decoder(list[msgspec.Raw])


def _names(fields: Iterable[msgspec.structs.FieldInfo]) -> set[str]:
    return {field.name for field in fields}


def _struct(
    name: str,
    fields: Iterable[msgspec.structs.FieldInfo],
    types: Mapping[str, Any] = MappingProxyType({}),
) -> type[Struct]:
    """A Struct with these fields, some of another type than the command's."""
    shape: list[Any] = []
    for field in fields:
        kind = types.get(field.name, field.type)
        if field.default is not NODEFAULT:
            shape.append((field.name, kind, field.default))
        elif field.default_factory is not NODEFAULT:
            default = msgspec.field(default_factory=field.default_factory)
            shape.append((field.name, kind, default))
        elif field.name in types:
            shape.append((field.name, kind, ""))
        else:
            shape.append((field.name, kind))
    return msgspec.defstruct(
        name, shape, kw_only=True, frozen=True, forbid_unknown_fields=True
    )
