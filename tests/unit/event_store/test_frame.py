"""What the file could not hold is refused before it is sent."""

import pytest
from eventsourcing.persistence import DataError

from infra.event_store.frame import check


@pytest.mark.parametrize(
    ("stream", "version", "topic", "state"),
    [
        ("\ud800", 1, "t", b""),
        ("s", 1, "\ud800", b""),
        ("s", 2**63, "t", b""),
        ("s", "1", "t", b""),
        ("s", 1, "t", "text"),
    ],
)
def test_what_cannot_be_stored_is_a_data_error(stream, version, topic, state):
    with pytest.raises(DataError):
        check(stream, version, topic, state)


def test_text_of_any_script_and_zero_bytes_pass():
    found = check("vehicle:鲁C12345", 0, "t\0t", b"\0")

    assert found.stream == "vehicle:鲁C12345"
