"""An eventsourcing persistence module: optimistic concurrency arbitrated by a log."""

from infra.event_store.backup import backup
from infra.event_store.errors import (
    FileInUse,
    LogDiverged,
    LogUnsafe,
    OutcomeUnknown,
    QueueFull,
    StorageFull,
    TopicNotEmpty,
)
from infra.event_store.factory import EventStoreFactory as Factory
from infra.event_store.readers import Reader, Share
from infra.event_store.verify import Finding, Report, verify

__all__ = [
    "Factory",
    "FileInUse",
    "Finding",
    "LogDiverged",
    "LogUnsafe",
    "OutcomeUnknown",
    "QueueFull",
    "Reader",
    "Report",
    "Share",
    "StorageFull",
    "TopicNotEmpty",
    "backup",
    "verify",
]
