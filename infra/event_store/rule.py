"""The deterministic rule by which every node judges a batch, and the digest.

A batch is accepted whole iff each event is its stream's last version + 1 (any
version starts a stream) and its tracking is new; otherwise it has no effect.
"""

from collections.abc import Callable
from hashlib import blake2b

from infra.event_store.frame import Batch, Event

RULE_VERSION = 1
GENESIS = bytes(16)


def accept(
    batch: Batch,
    last_version: Callable[[str], int | None],
    last_tracking: Callable[[str], int | None],
) -> str | None:
    """None, or why the batch has no effect; reads nothing but its arguments."""
    versions: dict[str, int] = {}
    for stream, version, _, _ in batch.events:
        last = versions.get(stream)
        if last is None:
            last = last_version(stream)
        if last is not None and version != last + 1:
            return f"{stream} is at version {last}, not {version - 1}"
        versions[stream] = version
    if batch.tracking:
        name, position = batch.tracking
        tracked = last_tracking(name)
        if tracked is not None and position <= tracked:
            return f"{name} was tracked up to {tracked}, {position} is not new"
    return None


def digest_after(digest: bytes, position: int, event: Event) -> bytes:
    """H(digest, position, stream, version, topic, state): 128-bit BLAKE2b."""
    name, version, kind, state = event
    stream, topic = name.encode(), kind.encode()
    head = b"%d %d %d %d " % (position, version, len(stream), len(topic))
    return blake2b(digest + head + stream + topic + state, digest_size=16).digest()
