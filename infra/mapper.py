"""Events to bytes and back: JSON by msgspec, found again by the event's TOPIC.

Compressor and cipher of the library's mapper are not used: personal fields are
sealed one by one, and everything else stays readable in the log.
"""

from typing import Any

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent

from domain.events import EVENT_BY_TOPIC, DomainEvent

_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(event: DomainEvent) -> bytes:
    return _encoder.encode(event)


def decode(topic: str, state: bytes) -> DomainEvent:
    """Raises KeyError for an unknown topic and msgspec errors for damage."""
    return DECODERS[topic](state)


DECODERS = {
    topic: msgspec.json.Decoder(shape).decode for topic, shape in EVENT_BY_TOPIC.items()
}
"""All made at once, before any thread runs: msgspec ends the process with a fault where
one thread decodes a shape that another is just reading from its class."""


class EventMapper(Mapper[str]):
    """MAPPER_TOPIC=infra.mapper:EventMapper."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=domain_event.TOPIC,
            state=encode(domain_event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        return decode(stored_event.topic, stored_event.state)
