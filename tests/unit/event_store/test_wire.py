"""What becomes of a record: a frame, nothing, or the end of the node."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.event_store import LogDiverged, wire
from infra.event_store.frame import Batch, Event, Frame

FRAME = Frame(
    b"writer00",
    7,
    3,
    bytes(16),
    [Batch([Event("车:鲁C", 1, "t", b"\x00\xff")], ("up", 4)), Batch([])],
)
events = st.builds(
    Event,
    st.text(st.characters(codec="utf-8")),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.text(st.characters(codec="utf-8")),
    st.binary(),
)
tracking = st.none() | st.tuples(
    st.text(st.characters(codec="utf-8")), st.integers(0, 2**63 - 1)
)
frames = st.builds(
    Frame,
    st.binary(),
    st.integers(0, 2**63 - 1),
    st.integers(-1, 2**63 - 1),
    st.binary(),
    st.lists(st.builds(Batch, st.lists(events), tracking)),
    st.binary(),
)


@given(frames)
def test_what_was_sent_is_what_is_read(frame):
    assert wire.decode(1, wire.encode(frame)) == frame


@given(st.none() | st.binary().filter(lambda data: data[:4] != wire.FRAME))
def test_foreign_bytes_have_no_effect(record):
    assert wire.decode(1, record) == wire.NOTHING


@pytest.mark.parametrize("at", [4, 5])
def test_another_format_or_rule_stops_the_node(at):
    record = bytearray(wire.encode(FRAME))
    record[at] += 1

    with pytest.raises(LogDiverged, match="format and rule"):
        wire.decode(1, bytes(record))


@pytest.mark.parametrize("cut", [-1, 7, 20])
def test_a_frame_that_is_cut_stops_the_node(cut):
    with pytest.raises(LogDiverged, match="cannot be read"):
        wire.decode(1, wire.encode(FRAME)[:cut])


def test_the_genesis_record_says_which_log_it_is_and_has_no_other_effect():
    record = wire.encode_genesis(wire.Genesis("a1"))

    assert wire.decode_genesis(record) == wire.Genesis("a1", shards=1)
    assert wire.decode(0, record) == wire.NOTHING


@pytest.mark.parametrize(
    "record",
    [
        None,
        b"",
        wire.encode(FRAME),
        wire.encode_genesis(wire.Genesis("a", shards=2)),
        wire.encode_genesis(wire.Genesis("a"))[:-1],
    ],
)
def test_a_log_that_begins_otherwise_is_refused(record):
    with pytest.raises(LogDiverged):
        wire.decode_genesis(record)
