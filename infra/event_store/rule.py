"""The deterministic rule by which every node judges a batch, and the digest.

A batch is accepted whole iff each event is its stream's last version + 1 (any
version starts a stream) and its tracking is new; otherwise it has no effect.
"""

from collections.abc import Callable, MutableMapping
from hashlib import blake2b

from infra.event_store.frame import Batch, Event

RULE_VERSION = 1
GENESIS = bytes(16)


class Heads:
    """Last versions and tracking as this transaction sees them, over a lookup."""

    def __init__(
        self,
        last_version: Callable[[str], int | None],
        last_tracking: Callable[[str], int | None],
    ) -> None:
        self._last_version, self._last_tracking = last_version, last_tracking
        self.versions: MutableMapping[str, int] = {}
        self.tracking: MutableMapping[str, int] = {}

    def version(self, stream: str) -> int | None:
        found = self.versions.get(stream)
        return self._last_version(stream) if found is None else found

    def tracked(self, name: str) -> int | None:
        found = self.tracking.get(name)
        return self._last_tracking(name) if found is None else found


def accept(batch: Batch, heads: Heads) -> str | None:
    """Take the batch into `heads` and return None, or say why it has no effect."""
    versions: dict[str, int] = {}
    for event in batch.events:
        last = versions.get(event.stream)
        last = heads.version(event.stream) if last is None else last
        if last is not None and event.version != last + 1:
            return f"{event.stream} is at version {last}, not {event.version - 1}"
        versions[event.stream] = event.version
    if batch.tracking:
        name, position = batch.tracking
        tracked = heads.tracked(name)
        if tracked is not None and position <= tracked:
            return f"{name} was tracked up to {tracked}, beyond {position}"
        heads.tracking[name] = position
    heads.versions.update(versions)
    return None


def digest_after(digest: bytes, position: int, event: Event) -> bytes:
    """H(digest, position, stream, version, topic, state): 128-bit BLAKE2b."""
    stream, topic = event.stream.encode(), event.topic.encode()
    head = b"%d %d %d %d " % (position, event.version, len(stream), len(topic))
    return blake2b(
        digest + head + stream + topic + event.state, digest_size=16
    ).digest()
