"""The file grows beside the commits, without a commit that waits for it."""

import time

from infra.event_store import checkpointer
from infra.event_store.frame import Batch, Event, Frame
from infra.event_store.index import Index

EVENTS = 200


def test_what_was_committed_goes_into_the_file_meanwhile(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpointer, "EVERY_SECONDS", 0.01)
    index = Index(tmp_path / "events.db", "a log that keeps its frames")
    empty = index.path.stat().st_size

    state = bytes(1000)
    batches = [Batch([Event(str(n), 1, "topic", state)]) for n in range(EVENTS)]
    index.apply([(1, Frame(b"writer00", 1, -1, b"", batches))])
    end = time.monotonic() + 10
    while index.path.stat().st_size < empty + EVENTS * len(state):
        assert time.monotonic() < end, "nothing came into the file"
        time.sleep(0.01)

    index.close()
