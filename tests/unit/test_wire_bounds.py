"""Whatever may be sent has bounds, and the most of everything fits every read model."""

import re
import tempfile
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from msgspec import inspect as shapes
from msgspec.structs import replace

from api.access import Acceptance, NewAccess, Reopening
from api.bodies import Shape
from api.clock import Drive
from api.pass_status import Asked
from api.persons import Erasure
from api.positions import Position
from api.routes.table import ROUTES
from domain import commands as c
from domain import events as e
from domain.values import MAX_CNY, MAX_PRICE_CNY, Line, Stop
from infra.mapper import decode, encode
from infra.views.view import SqliteView
from projections import READ_MODELS
from projections.deliveries import Deliveries
from projections.model import Moment
from tests.unit.domain.examples import ACCEPTED, APPROVED, BOOK, PICK_UP, fact
from tests.unit.domain.given import NOW
from tests.unit.projections.test_moments import MemoryLog

BODIES = [
    *(part for shape in map(Shape, ROUTES) for part in (shape.body, shape.path_fields)),
    *(NewAccess, Acceptance, Reopening, Position, Drive, Asked, Erasure),
]
CHECKED_APART = {"Line.unit_price_cny", "Stop.planned"}
"""What is stored in these shapes may be wider: a command refuses it, see below."""
A_MILLION = 10**6


def children(kind, where):
    match kind:
        case shapes.Metadata():
            yield kind.type, where
        case shapes.UnionType():
            yield from ((one, where) for one in kind.types)
        case shapes.DictType():
            yield from ((kind.key_type, where), (kind.value_type, where))
        case shapes.StructType():
            name = kind.cls.__name__
            yield from ((f.type, f"{name}.{f.name}") for f in kind.fields)
        case _ if hasattr(kind, "item_type"):
            yield kind.item_type, where


def unbounded(kind, where=""):
    """Where a number, a text or a list may be of any size."""
    match kind:
        case shapes.IntType() | shapes.FloatType():
            below = kind.ge is None and kind.gt is None
            is_open = below or (kind.le is None and kind.lt is None)
        case shapes.StrType(pattern=str(pattern)) if kind.max_length is None:
            is_open = bool(re.search(r"[*+]", pattern))
        case _ if hasattr(kind, "max_length"):
            is_open = kind.max_length is None
        case _:
            is_open = isinstance(kind, shapes.AnyType)
    if where in CHECKED_APART:
        return
    if is_open:
        yield where
    for child, told in children(kind, where):
        yield from unbounded(child, told)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_every_number_text_and_list_that_may_be_sent_has_bounds(body):
    assert set(unbounded(shapes.type_info(body))) == set()


def test_every_amount_that_may_be_sent_is_checked():
    unchecked = {
        command.__name__
        for command in c.COMMANDS
        for field in msgspec.structs.fields(command)
        if Decimal in (field.type, *getattr(field.type, "__args__", ()))
        and "__post_init__" not in vars(command)
    }

    assert unchecked == set()


@pytest.mark.parametrize("command", [BOOK, PICK_UP], ids=["book", "pick up"])
def test_a_booking_beyond_what_sums_hold_is_refused(command):
    dear = Line("80#", 1, 5.0, MAX_PRICE_CNY + 1)
    many = Stop("C01", {f"{n}": 1 for n in range(101)})

    with pytest.raises(ValueError, match="yuan"):
        replace(command, lines=(dear,))
    with pytest.raises(ValueError, match="length"):
        replace(command, stops=(many,))


def most(kind):
    """The largest that a field takes; None where size does not matter."""
    match kind:
        case shapes.Metadata():
            return most(kind.type)
        case shapes.UnionType():
            return next((m for one in kind.types if (m := most(one)) is not None), None)
        case shapes.IntType():
            return kind.le
        case shapes.FloatType():
            return float(kind.le)
        case shapes.DecimalType():
            return Decimal(10) ** 9
        case shapes.DictType(value_type=shapes.IntType()):
            return {f"{n}#": kind.value_type.le for n in range(kind.max_length)}
    return None


def at_the_most(command):
    kind = shapes.type_info(type(command))
    told = {f.name: most(f.type) for f in kind.fields if f.name != "by"}
    if isinstance(command, c.RequestPass):
        told |= {"road_transport_permit": "证"}
    if hasattr(command, "lines"):
        lines = [Line(f"{n}#", 10**5, 2e5, MAX_PRICE_CNY) for n in range(100)]
        stops = [Stop(f"C{n}", most(goods_shape())) for n in range(200)]
        told |= {"lines": tuple(lines), "stops": tuple(stops)}
    found = {name: value for name, value in told.items() if value is not None}
    return replace(command, **found)


def goods_shape():
    (field,) = (f for f in msgspec.structs.fields(c.ReturnGoods) if f.name == "goods")
    return shapes.type_info(field.type)


def everything_at_the_most():
    """One example of each command at its most, and the dearest deliveries."""
    for history, command in ACCEPTED:
        yield from history.and_then(at_the_most(command)).events
    loaded = APPROVED.and_then(at_the_most(PICK_UP))
    for told in (fact("priced"), fact("paid") | {"amount_cny": Decimal(10) ** 9}):
        deliver = c.DeliverGoods(shipment_id="firm.1", stop="C01", goods={}, **told)
        most_cases = at_the_most(deliver).goods
        yield from loaded.and_then(replace(deliver, goods=most_cases)).events


EVERYTHING = list(everything_at_the_most())


def shown(model, events, folder):
    """The read model's sums once it has taken all of that, and its rows were read."""
    log = MemoryLog([decode(event.TOPIC, encode(event)) for event in events])
    view = SqliteView(Path(folder) / "v.db", model, log, is_durable=False)
    view.start("log")
    view.apply(list(log.events.items()))
    list(view.rows(Moment()))
    sums = view.sums(Moment())
    view.close()
    return sums


@pytest.mark.parametrize("model", READ_MODELS, ids=lambda model: model.name)
def test_the_most_that_may_be_told_fits_every_read_model_a_million_times(model):
    with tempfile.TemporaryDirectory() as folder:
        sums = shown(model, EVERYTHING, folder)

    assert all(n * A_MILLION < 2**62 for found in sums.values() for n in found)


def test_a_price_that_was_taken_before_there_was_a_bound_stops_no_read_model():
    goods = {"80#": 10**5}
    booked = e.ShipmentBooked(
        organisation="firm",
        document_no="1",
        lines=(Line("80#", 10**5, 2e5, MAX_CNY),),
        stops=(),
    )
    delivered = e.GoodsDelivered(fact_id="f", stop="C01", goods=goods)
    stamp = {"originator_id": "shipment:firm.1", "event_time": NOW, "record_time": NOW}

    with tempfile.TemporaryDirectory() as folder:
        told = [replace(booked, **stamp), replace(delivered, **stamp)]
        sums = shown(Deliveries(), told, folder)

    assert all(n * A_MILLION < 2**62 for n in sums["C01"])
    assert sums["C01"][0] == 10**5
