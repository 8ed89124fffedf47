"""Waiting for read models: who was told a position never finds less."""

from collections.abc import Sequence

from api.problems import Problem
from api.services import Services

WAIT_SECONDS = 2.0


def reach(services: Services, position: int, names: Sequence[str] = ()) -> None:
    """All of them where none is named; raises Problem `behind`."""
    if not services.runner.wait(names or [*services.views], position, WAIT_SECONDS):
        raise Problem(503, "behind", "This node has not come so far yet").after(1)


def reach_newest(
    services: Services, names: Sequence[str] = (), at_least: int = 0
) -> None:
    """All that this node has recorded, and the log as far as `at_least`."""
    last = services.application.recorder.max_notification_id() or 0
    reach(services, max(last, at_least), names)
