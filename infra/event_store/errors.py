"""Troubles of the log, each with a stable `code` for whoever answers a caller."""

from eventsourcing.persistence import InternalError, OperationalError


class OutcomeUnknown(OperationalError):  # noqa: N818 -- the outcome is the name
    """The batch may or may not take effect; `barrier()` settles which."""

    code = "outcome-unknown"
    retry_after_seconds = 2


class QueueFull(OperationalError):  # noqa: N818 -- named as the condition
    """More batches wait than the queue holds; nothing was written."""

    code = "queue-full"
    retry_after_seconds = 1


class StorageFull(OperationalError):  # noqa: N818 -- named as the condition
    """The disk took nothing; writes go on by themselves when there is room."""

    code = "storage-full"
    retry_after_seconds = 10


class FileInUse(OperationalError):  # noqa: N818 -- named as the condition
    """Two nodes on one file would each apply what the other applied already."""

    code = "file-in-use"
    retry_after_seconds = 10


class TopicNotEmpty(OperationalError):  # noqa: N818 -- named as the condition
    """What is written anew begins at the beginning; nothing was written."""

    code = "topic-not-empty"
    retry_after_seconds = 60


class LogDiverged(InternalError):  # noqa: N818 -- named as the condition
    """The node's file and the log disagree: the node stops, loudly."""

    code = "log-diverged"
    retry_after_seconds = 60


class LogUnsafe(LogDiverged):
    """The topic's settings could lose history or judge it twice: the node stops."""

    code = "log-unsafe"
