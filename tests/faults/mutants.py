"""Wrong stores, one mistake each, made on every node: what the checker must find."""

from collections.abc import Callable

from infra.event_store import rule, schema, work
from infra.event_store.work import Work
from infra.event_store.writer import Writer


def no_version_check() -> None:
    """Whatever is new upstream is accepted; SQLite's unique index is away too."""
    schema.TABLES = schema.TABLES.replace("UNIQUE INDEX", "INDEX")

    def accept(batch, last_version, last_tracking):
        return rule.accept(batch._replace(events=()), last_version, last_tracking)

    work.accept = accept


def acknowledged_is_accepted() -> None:
    """The log took the record, so the answer is yes, at the next positions."""
    settle = Writer.settle

    def settled(self, frame, verdicts):
        next_position = self._head().position + 1
        answers = [
            [next_position + number for number, _ in enumerate(batch.events)]
            if isinstance(verdict, str)
            else verdict
            for verdict, batch in zip(verdicts, frame.batches, strict=True)
        ]
        settle(self, frame, answers)

    Writer.settle = settled


def lost_tracking() -> None:
    """What was processed is forgotten."""
    judge = Work._judge

    def judged(self, batch):
        return judge(self, batch._replace(tracking=None))

    Work._judge = judged


def swapped_order() -> None:
    """The batches of a frame are judged from the last, answered from the first."""
    judge = Work.judge

    def judged(self, offset, frame):
        return judge(self, offset, frame._replace(batches=frame.batches[::-1]))

    Work.judge = judged


def forgotten_batch() -> None:
    """The last of several batches in a frame is answered, and not kept."""
    judge = Work.judge

    def judged(self, offset, frame):
        *kept, last = frame.batches or [None]
        if not kept:
            return judge(self, offset, frame)
        applied = judge(self, offset, frame._replace(batches=kept))
        if applied.verdicts is None:
            return applied
        end = self.position + 1
        told = [end + number for number, _ in enumerate(last.events)]
        return applied._replace(frame=frame, verdicts=[*applied.verdicts, told])

    Work.judge = judged


MUTANTS: dict[str, Callable[[], None]] = {
    "no version check": no_version_check,
    "acknowledged is accepted": acknowledged_is_accepted,
    "lost tracking": lost_tracking,
    "swapped order": swapped_order,
    "forgotten batch": forgotten_batch,
}


def apply(name: str) -> None:
    """Changes this process only; "" changes nothing."""
    if name:
        MUTANTS[name]()
