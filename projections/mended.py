"""A history as it stands corrected, as the domain reads it."""

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import attrgetter

from domain import events as e
from domain.trip import mend


def mended(events: Iterable[e.DomainEvent]) -> list[e.DomainEvent]:
    """In order of when they happened; what did not occur is left out.

    A correction counts from when it was made, also for a fact that comes after it; of
    two, the later recorded has the last word, whatever their phones' clocks say.
    """
    events = list(events)
    corrections: defaultdict[str, list[e.FactCorrected]] = defaultdict(list)
    for event in sorted(events, key=attrgetter("originator_version")):
        if isinstance(event, e.FactCorrected):
            corrections[event.corrects].append(event)
    told: list[e.DomainEvent] = []
    for event in events:
        if not isinstance(event, e.Fact) or isinstance(event, e.FactCorrected):
            told.append(event)
            continue
        given = corrections.get(event.fact_id, [])
        if not any(correction.did_not_occur for correction in given):
            told.append(reduce(mend, given, event))
    return sorted(told, key=attrgetter("event_time", "originator_version"))
