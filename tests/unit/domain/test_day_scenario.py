"""One day on the road, told through the application."""

from decimal import Decimal
from functools import reduce

import pytest

from domain import commands as c
from domain import events as e
from domain.application import GreenChannel
from domain.errors import WrongStateError
from domain.values import Flag, GeoPoint, Line, Reporter, Role, Stop, Waypoint
from projections.live_routes import LiveRoutes
from tests.unit.domain.given import FIRM, NOW, STAFF, minutes
from tests.unit.domain.test_application import ENV

S = {"shipment_id": "firm.1", "by": FIRM}
DRIVER = Reporter("phone", "firm", frozenset({Role.DRIVER}))


class Day:
    def __init__(self):
        self.now = NOW
        self.app = GreenChannel(lambda: self.now, ENV)
        self.count = 0

    def tell(self, command, **fields):
        """A fact that happens now, told at once."""
        self.count += 1
        self.now += minutes(5)
        told = S | {"fact_id": f"fact-{self.count:04d}", "event_time": self.now}
        (*_, event) = self.app.handle(command(**told | fields)).events
        return event.flags

    def ask(self, command, **fields):
        self.now += minutes(5)
        return self.app.handle(command(by=STAFF, **fields))

    @property
    def balance(self):
        return self.app.state("shipment:firm.1").balance()

    @property
    def route(self):
        """What the map shows of it, folded from the log."""
        told = list(self.app.events.get("shipment:firm.1"))
        return reduce(LiveRoutes().fold, told, None)


@pytest.fixture
def day():
    made = Day()
    yield made
    made.app.close()


def set_out(day):
    point = GeoPoint(118.0, 36.5)
    ends = (Waypoint("中庄", point), Waypoint("张店", point))
    day.ask(c.OpenLane, lane="l1", name="道", waypoints=ends, checkpoints=("CP1",))
    day.ask(c.OpenCheckpoint, checkpoint="CP1", name="卡口", lane="l1", point=point)
    day.tell(
        c.PickUpGoods,
        organisation="firm",
        document_no="1",
        plate="鲁X00002",
        plate_kind="blue",
        trailer="鲁X0006挂",
        crew_count=1,
        lane="l1",
        lines=(Line("80#", 88, 5.0, Decimal(45)),),
        stops=(Stop("C16", {"80#": 44}), Stop("C18", {"80#": 44})),
    )
    day.tell(c.ReportDeparture)


def change_the_road(day):
    """Closed, diverted, left for another; and its checkpoint moves."""
    day.ask(c.CloseLane, lane="l1", reason="大雪")
    with pytest.raises(WrongStateError):
        day.ask(c.DivertLane, lane="l1", reason="绕行")
    day.ask(c.ReopenLane, lane="l1")
    day.ask(c.DivertLane, lane="l1", reason="结冰", substitutes=("CP1B",))
    day.tell(c.RerouteShipment, lane="l2", reason="改道")
    day.ask(c.MoveCheckpoint, checkpoint="CP1", point=GeoPoint(118.1, 36.5))
    day.tell(c.ReportCheckpoint, checkpoint="CP1", direction="outward")


def break_down(day):
    day.tell(c.ReportBreakdown, note="变速箱")
    assert day.route.state == "broken_down"
    replaced = day.tell(
        c.ReplaceVehicle,
        plate="鲁XD00003",
        plate_kind="green",
        trailer="鲁X0008挂",
        reason="breakdown",
        cases_moved=87,
    )
    day.tell(c.WriteOffGoods, goods={"80#": 1}, reason="damaged")
    relieved = day.tell(c.ChangeCrew, crew_count=2, reason="换班")
    assert (day.route.trailer, day.route.crew_count) == ("鲁X0008挂", 2)
    assert (replaced, relieved) == ((), ())


def deliver(day):
    short = day.tell(c.DeliverGoods, stop="C16", goods={"80#": 43})
    refused = day.tell(c.ReportRefusal, stop="C18", goods={"80#": 2}, reason="等级不符")
    day.tell(c.DeliverGoods, stop="C18", goods={"80#": 42})
    assert (short, refused) == ((Flag.SHORT,), ())


def come_back(day):
    """With what was refused; then, without it, all the way."""
    day.tell(c.StartReturn, empty=False)
    day.tell(c.ReturnGoods, goods={"80#": 2}, place="zhangdian")
    empty = day.tell(c.StartReturn, by=DRIVER, empty=True)
    assert day.route.state == "returning"
    day.tell(c.ReportCheckpoint, checkpoint="CP1", direction="return")
    done = day.tell(c.CompleteShipment)
    assert (empty, done) == ((), ())


def test_a_day_of_incidents_ends_with_nothing_on_board(day):
    set_out(day)
    assert (day.route.trailer, day.route.crew_count) == ("鲁X0006挂", 1)
    change_the_road(day)
    break_down(day)
    deliver(day)
    come_back(day)

    assert not any(day.balance.cases.values())
    assert day.balance.mass_kg == 0
    trip = day.app.state("shipment:firm.1")
    assert [(t.crew_count, t.reason) for t in trip.told(e.CrewChanged)] == [(2, "换班")]
    assert [t.trailer for t in trip.told(e.VehicleReplaced)] == ["鲁X0008挂"]
    returns = sorted(trip.told(e.ReturnStarted), key=lambda told: told.event_time)
    assert [told.empty for told in returns] == [False, True]
    assert (day.route.state, day.route.picked_up, day.route.gone) == (
        "completed",
        88,
        88,
    )
    assert trip.vehicle_at(day.now) == ("鲁XD00003", "green")
    assert trip.vehicle_at(NOW + minutes(30)) == ("鲁X00002", "blue")
