from uuid import uuid4

from infra.event_store.names import Names


def test_what_was_added_is_never_denied_and_little_else_is_claimed():
    names = Names(0)
    added = [f"request:{uuid4()}" for _ in range(20_000)]
    names.add(added)

    assert all(name in names for name in added)
    assert sum(f"other:{n}" in names for n in range(10_000)) < 10


def test_it_is_made_for_as_many_as_there_are():
    small, large = Names(0), Names(5_000_000)

    assert len(large._bits) > len(small._bits) == 2 << 20
