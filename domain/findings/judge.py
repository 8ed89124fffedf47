"""All findings of a set of sightings: whatever order they came in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from domain.findings import rules
from domain.findings.finding import Finding, merged
from domain.findings.scene import Scene
from domain.findings.sighting import Sighting

Subject = tuple[str, str]
RULES = {
    "vehicle": rules.of_vehicle,
    "pass": rules.of_pass,
    "phone": rules.of_phone,
}


def judge(sightings: Iterable[Sighting], scene: Scene) -> dict[str, Finding]:
    """By identity."""
    trails: defaultdict[Subject, list[Sighting]] = defaultdict(list)
    for one in sorted(sightings, key=lambda one: one.order):
        for subject in subjects_of(one, scene):
            trails[subject].append(one)
    for device in scene.phones:
        trails.setdefault(("phone", device), [])
    return merged(
        finding
        for subject, seen in trails.items()
        for finding in judge_one(subject, seen, scene)
    )


def judge_one(subject: Subject, seen: rules.Seen, scene: Scene) -> Iterator[Finding]:
    kind, name = subject
    return RULES[kind](name, seen, scene)


def subjects_of(one: Sighting, scene: Scene) -> Iterator[Subject]:
    """Whom a sighting is about: without a plate, the vehicle is that of the pass."""
    who = one.plate or scene.owner_of(one.pass_number) or one.pass_number
    if who:
        yield ("vehicle", who)
    if one.pass_number:
        yield ("pass", one.pass_number)
    if one.device:
        yield ("phone", one.device)
