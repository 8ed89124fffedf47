"""What an operator may set, read once from the environment and the command line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

KAFKA = "KAFKA_BOOTSTRAP_SERVERS"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One node: one process, one data folder.

    `clock` is "" for the system's time, else as `infra.clock.parse_clock` reads it.
    `kafka` has KAFKA_BOOTSTRAP_SERVERS, KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_… and
    KAFKA_SSL_…; empty where the node runs alone.
    """

    data: Path
    clock: str = ""
    is_demo: bool = False
    kafka: Mapping[str, str] = field(default_factory=dict)

    @property
    def events_db(self) -> Path:
        return self.data / "events.db"

    @property
    def views(self) -> Path:
        return self.data / "views"

    @property
    def positions_db(self) -> Path:
        return self.data / "positions.db"

    @property
    def keys_db(self) -> Path:
        return self.data / "keys.db"

    @property
    def keks(self) -> Path:
        return self.secrets / "kek"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def tls(self) -> Path:
        return self.secrets / "tls"

    @property
    def signing(self) -> Path:
        return self.secrets / "signing"


def kafka_from_environment() -> dict[str, str]:
    """What says where Kafka is, and how we prove who we are."""
    if not os.environ.get(KAFKA):
        return {}
    passed = ("KAFKA_BOOTSTRAP_", "KAFKA_LOOK_", "KAFKA_S")
    return {name: v for name, v in os.environ.items() if name.startswith(passed)}


def from_environment() -> Settings:
    """GREENCHANNEL_DATA (default `data`), GREENCHANNEL_CLOCK, and KAFKA_…."""
    return Settings(
        kafka=kafka_from_environment(),
        data=Path(os.environ.get("GREENCHANNEL_DATA", "data")),
        clock=os.environ.get("GREENCHANNEL_CLOCK", ""),
    )
