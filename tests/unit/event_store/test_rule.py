"""The rule of acceptance, checked against a model that is too simple to be wrong."""

from hypothesis import given
from hypothesis import strategies as st

from infra.event_store.frame import Batch, Event
from infra.event_store.rule import accept, digest_after


def judge(batches):
    """Verdicts in order, and what was accepted."""
    versions, tracking, accepted = {}, {}, []
    for batch in batches:
        if accept(batch, versions.get, tracking.get) is None:
            versions.update({e.stream: e.version for e in batch.events})
            tracking.update([batch.tracking] if batch.tracking else [])
            accepted.append(batch)
    return accepted


def event(stream="a", version=1):
    return Event(stream, version, "topic", b"{}")


events = st.lists(
    st.builds(event, st.sampled_from("ab"), st.integers(1, 4)), max_size=3
)
tracked = st.none() | st.tuples(st.just("upstream"), st.integers(1, 4))
batches = st.lists(st.builds(Batch, events, tracked), max_size=12)


@given(batches)
def test_versions_of_every_stream_are_contiguous(given_batches):
    accepted = judge(given_batches)

    for stream in "ab":
        found = [e.version for b in accepted for e in b.events if e.stream == stream]
        assert found == list(range(found[0], found[0] + len(found))) if found else True


@given(batches)
def test_every_upstream_position_is_tracked_once_and_rising(given_batches):
    accepted = judge(given_batches)

    found = [b.tracking[1] for b in accepted if b.tracking]
    assert found == sorted(set(found))


def test_any_version_starts_a_stream():
    batch = Batch([event(version=7), event(version=8)])

    assert accept(batch, {}.get, {}.get) is None


def test_a_batch_with_one_stale_event_has_no_effect_at_all():
    batch = Batch([event("b"), event("a")])

    assert "a is at version 1" in accept(batch, {"a": 1}.get, {}.get)


def test_a_gap_is_refused():
    batch = Batch([event(version=3)])

    assert accept(batch, {"a": 1}.get, {}.get) is not None


def test_a_tracking_position_is_taken_once():
    batch = Batch([event()], ("upstream", 5))

    assert accept(batch, {}.get, {"upstream": 4}.get) is None
    assert "not new" in accept(batch, {}.get, {"upstream": 5}.get)


def test_the_digest_depends_on_everything_that_is_stored():
    same = Event("a", 1, "topic", b"{}")
    others = [
        same._replace(stream="b"),
        same._replace(version=2),
        same._replace(topic="other"),
        same._replace(state=b"[]"),
        same._replace(stream="at", topic="opic"),
    ]

    digests = {digest_after(bytes(16), 1, e) for e in (same, *others)}

    assert len(digests) == 6
    assert digest_after(bytes(16), 2, same) not in digests
    assert digest_after(b"x" * 16, 1, same) not in digests
