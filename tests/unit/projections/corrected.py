"""Histories of one shipment as the domain takes them, with many corrections."""

from hypothesis import strategies as st
from msgspec.structs import replace

from domain import commands as c
from domain.values import PlateKind
from tests.unit.domain.given import NOW, given, minutes

PICKED_UP = c.PickUpGoods(
    organisation="firm",
    document_no="1",
    shipment_id="firm.1",
    fact_id="fact-pickup",
    goods={"80#": 9},
    plate="鲁X00001",
    plate_kind=PlateKind.BLUE,
)
MOVED = [
    PICKED_UP,
    replace(PICKED_UP, fact_id="fact-more", plate="鲁X00002", goods={"80#": 2}),
    c.DeliverGoods(
        shipment_id="firm.1", fact_id="fact-out", stop="C01", goods={"80#": 4}
    ),
    c.DeliverGoods(
        shipment_id="firm.1", fact_id="fact-on", stop="C02", goods={"80#": 3}
    ),
    c.ReturnGoods(shipment_id="firm.1", fact_id="fact-back", goods={"80#": 1}),
]
TOLD = [
    *MOVED,
    c.ReplaceVehicle(
        shipment_id="firm.1",
        fact_id="fact-relief",
        plate="鲁X00003",
        plate_kind=PlateKind.GREEN,
        reason="breakdown",
    ),
    c.ReportCheckpoint(
        shipment_id="firm.1",
        fact_id="fact-post",
        checkpoint="CP1",
        direction="outward",
    ),
    c.CompleteShipment(shipment_id="firm.1", fact_id="fact-end"),
    c.CompleteShipment(shipment_id="firm.1", fact_id="fact-end-again"),
]
GOODS = st.sampled_from([None, {"80#": 1}, {"80#": 5}, {"80#": 8}])
TIMES = st.none() | st.integers(0, 100).map(lambda count: NOW + minutes(count))


@st.composite
def corrections(draw):
    """Up to six, most of one fact or two; each under an id of its own."""
    mended = draw(st.lists(st.sampled_from(TOLD), min_size=1, max_size=3))
    ids = draw(st.lists(st.sampled_from([x.fact_id for x in mended]), max_size=6))
    return [
        c.CorrectFact(
            shipment_id="firm.1",
            fact_id=f"fix-{number}",
            corrects=fact_id,
            reason="x",
            did_not_occur=draw(st.sampled_from([False, False, True])),
            goods=draw(GOODS),
            corrected_time=draw(TIMES),
        )
        for number, fact_id in enumerate(ids)
    ]


@st.composite
def corrected_trips(draw):
    """Doubled, late, in any order, by clocks that are ahead; versions as stored."""
    told = draw(st.lists(st.sampled_from(TOLD), max_size=3))
    commands = [*TOLD[: draw(st.integers(1, len(TOLD)))], *told]
    commands += draw(corrections())
    history = given()
    for number, command in enumerate(draw(st.permutations(commands))):
        now = NOW + minutes(10 * number)
        late = minutes(draw(st.integers(-1, 6)) * 10)
        history = history.at(now).and_then(replace(command, event_time=now - late))
    return [
        replace(event, originator_version=version)
        for version, event in enumerate(history.events, start=1)
    ]
