"""What an operator may set, read once from the environment and the command line."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One node: one process, one data folder.

    `clock` is "" for the system's time, else as `infra.clock.parse_clock` reads it.
    """

    data: Path
    clock: str = ""
    is_demo: bool = False

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
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def tls(self) -> Path:
        return self.secrets / "tls"


def from_environment() -> Settings:
    """GREENCHANNEL_DATA (default `data`) and GREENCHANNEL_CLOCK."""
    return Settings(
        data=Path(os.environ.get("GREENCHANNEL_DATA", "data")),
        clock=os.environ.get("GREENCHANNEL_CLOCK", ""),
    )
