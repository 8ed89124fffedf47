"""Which applications are whose, and of which week: so that no board reads them all."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from domain import events as e
from projections.calendar import local_day
from projections.model import Fold, Moment, Views
from projections.pass_desk import PassRow


class Entry(msgspec.Struct, frozen=True):
    """The key says it all."""


class PassIndex(Fold[Entry]):
    name = "pass_index"
    row = Entry

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        """No identifier holds a slash: parts of a key cannot run into each other."""
        kind, _, pass_id = event.originator_id.partition(":")
        if kind == "pass" and isinstance(event, e.PassDrafted):
            return (
                f"organisation/{event.organisation}/{pass_id}",
                f"drafter/{event.recorded_by}/{pass_id}",
            )
        if kind == "pass" and isinstance(event, e.PassRequested):
            return (f"week/{week_of(event)}/{pass_id}",)
        return ()

    def fold(self, row: Entry | None, event: e.DomainEvent) -> Entry:
        _ = event
        return row or Entry()


def week_of(event: e.PassRequested) -> str:
    """The week of the county's calendar in which the application was submitted."""
    year, week, _ = local_day(event.event_time).isocalendar()
    return f"{year}-W{week:02d}"


def indexed(
    views: Views, moment: Moment, kind: str, value: str
) -> Iterator[tuple[str, PassRow]]:
    """The applications under one entry of the index, with their rows."""
    keys = views["pass_index"].rows(moment, prefix=f"{kind}/{value}/")
    return some(views, moment, [key.rpartition("/")[2] for key, _ in keys])


def some(
    views: Views, moment: Moment, pass_ids: Iterable[str]
) -> Iterator[tuple[str, Any]]:
    """Those of the applications that there are, read one after the other."""
    for pass_id in pass_ids:
        row = views["pass_desk"].row(pass_id, moment)
        if row is not None:
            yield pass_id, row
