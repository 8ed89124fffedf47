"""The cluster's demo looks for what was acknowledged: it must see what is not there."""

import pytest

from cli.demo.cluster import Acknowledged

PICKED = (7, "shipment:firm.1", 2, "greenchannel.GoodsPickedUp", b"")
HANDLED = (8, "request:ab", 1, "greenchannel.RequestHandled", b"")
OTHERS = (7, "shipment:firm.2", 2, "greenchannel.GoodsPickedUp", b"")
LATER = (7, "shipment:firm.1", 2, "greenchannel.ShipmentDeparted", b"")
ERASED = (7, "person:cd", 2, "greenchannel.ErasureRequested", b"")


@pytest.mark.parametrize("rows", [[PICKED], [PICKED, HANDLED]])
def test_what_was_acknowledged_is_found(rows):
    assert Acknowledged(8, "firm.1", ("GoodsPickedUp",)).is_in(rows)


@pytest.mark.parametrize("rows", [[], [HANDLED], [OTHERS], [LATER]])
def test_what_is_not_there_is_missed(rows):
    assert not Acknowledged(8, "firm.1", ("GoodsPickedUp",)).is_in(rows)


def test_an_erasure_names_the_pass_and_is_in_the_streams_of_persons():
    assert Acknowledged(7, "town-01", ("ErasureRequested",)).is_in([ERASED])
    assert not Acknowledged(7, "town-01", ("ErasureRequested",)).is_in([PICKED])
