"""Everything that a node signs, over its own log and its own folder of keys."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.application import GreenChannel
from domain.commands import PublishSigningKey
from infra.passes.driver import Reveal
from infra.passes.keys import KeyFolder
from infra.passes.lists import Lists
from infra.passes.showing import Showing
from infra.passes.signers import Signers
from projections.model import Views


class Office:
    """`shown` are passes for whoever opens one, `lists` are for phones to keep.

    `wait` returns when the register of keys has come as far as a position.
    """

    def __init__(
        self,
        application: GreenChannel,
        views: Views,
        positions: Any,
        reveal: Reveal,
        wait: Callable[[int], object],
        folder: Path,
        clock: Callable[[], datetime],
    ) -> None:
        def publish(command: PublishSigningKey) -> None:
            wait(application.handle(command).position)

        self.signers = Signers(views, publish, KeyFolder(folder))
        self.shown = Showing(application, views, self.signers, reveal, clock)
        self.lists = Lists(views, positions, self.signers, clock)
