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
    KAFKA_SSL_…; empty where the node runs alone. `object_store` has DOCUMENTS_S3_…;
    empty where documents lie in the folder. Persons are erased `retention_days` after
    their pass ended.
    """

    data: Path
    clock: str = ""
    is_demo: bool = False
    kafka: Mapping[str, str] = field(default_factory=dict)
    object_store: Mapping[str, str] = field(default_factory=dict)
    retention_days: int = 30

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
    def documents(self) -> Path:
        return self.data / "documents"

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
    passed = (
        "KAFKA_BOOTSTRAP_",
        "KAFKA_KEYS_",
        "KAFKA_LOOK_",
        "KAFKA_S",
        "KAFKA_TOPIC",
        "KAFKA_POSITIONS_",
    )
    return {name: v for name, v in os.environ.items() if name.startswith(passed)}


def object_store_from_environment() -> dict[str, str]:
    """DOCUMENTS_S3_URL, _BUCKET, _KEY_ID, _SECRET_FILE, _REGION."""
    return {n: v for n, v in os.environ.items() if n.startswith("DOCUMENTS_S3_")}


def retention_from_environment() -> int:
    """GREENCHANNEL_RETENTION_DAYS (default 30); raises ValueError for no number."""
    return int(os.environ.get("GREENCHANNEL_RETENTION_DAYS", "30"))
