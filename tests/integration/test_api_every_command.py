"""Every command is carried out over HTTP, after the history in which it belongs."""

import re
from collections import Counter

import msgspec
import pytest
from msgspec.structs import replace

from api.routes.table import ROUTES
from domain import commands as c
from domain import events as e
from domain.application import Decided
from tests.unit.domain.examples import ACCEPTED
from tests.unit.domain.given import given

BY_COMMAND = {route.command: route for route in ROUTES}
EXAMPLES = [
    (number, *example)
    for number, example in enumerate(ACCEPTED)
    if type(example[1]) in BY_COMMAND
]
NAMES = re.compile(r"\b(firm|p1|n1|l1|l2|CP1|C01|C02|a1|k1|s1|d1|county)\b|fact-\w+")
DRIVER = {"name": "王示例", "phone": "13800000000"}


def test_every_route_has_an_example():
    assert {type(command) for _, _, command in EXAMPLES} == set(BY_COMMAND)


@pytest.mark.parametrize(
    ("number", "history", "command"),
    EXAMPLES,
    ids=[f"{type(command).__name__}-{number}" for number, _, command in EXAMPLES],
)
def test_a_command_is_carried_out_over_http(served, number, history, command):
    """On the history of its example, each example with names of its own."""
    decided = given(*history.events).when(command).decided()
    tell(served, [own(event, number) for event in history.events])
    path, body = asked(own(command, number))

    answer = served.client("operator").post(path, json=body)

    assert answer.status_code == 201, answer.text
    assert answer.json()["events"] == [type(event).__name__ for event in decided]


def tell(served, events):
    """What happened before, into the node's log."""
    versions = Counter()
    batch = []
    for event in events:
        if isinstance(event, e.ShortCodeTaken):
            continue
        versions[event.originator_id] += 1
        version = versions[event.originator_id]
        batch.append(replace(event, originator_version=version, recorded_by="told"))
    application = served.node.application
    if batch:
        application.submit([Decided(tuple(batch))])[0].future.result()


def own(struct, number):
    """The same with names, a plate and a division code that no other example uses."""

    def renamed(value):
        match value:
            case dict():
                return {renamed(k): renamed(v) for k, v in value.items()}
            case list():
                return [renamed(one) for one in value]
            case str():
                value = NAMES.sub(rf"\g<0>x{number}", value)
                value = value.replace("370323", str(370_000 + number))
                return value.replace("X00001", f"X{10_000 + number}")
            case _:
                return value

    told = renamed(msgspec.to_builtins(struct))
    if isinstance(struct, c.RegisterEnterprise):
        told["credit_code"] = struct.credit_code
    return msgspec.convert(told, type(struct))


def asked(command):
    """The path and the body of the request for it; what is not said is left out."""
    route = BY_COMMAND[type(command)]
    told = msgspec.to_builtins(command)
    kind = type(command)
    said = {
        name: told[name]
        for name, default in zip(
            kind.__struct_fields__[-len(kind.__struct_defaults__) :],
            kind.__struct_defaults__,
            strict=True,
        )
        if getattr(command, name) != default
    }
    required = kind.__struct_fields__[: -len(kind.__struct_defaults__)]
    said |= {name: told[name] for name in required}
    path = route.path.format(**told)
    in_path = set(re.findall(r"{(\w+)}", route.path))
    hidden = {*in_path, *route.server_made, "by"}
    body = {name: value for name, value in said.items() if name not in hidden}
    if body.get("driver"):
        body["driver"] = DRIVER
    return path, body
