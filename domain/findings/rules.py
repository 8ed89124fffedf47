"""The rules: each looks at one vehicle's, one pass's or one phone's sightings.

They come in the order of their true time. A rule looks back a day at most, so that the
sightings of a day and of the day before tell all that was found on that day.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from domain.findings.finding import Finding, Kind
from domain.findings.runs import gaps
from domain.findings.scene import Scene
from domain.findings.sighting import Sighting
from domain.findings.speed import MAX_KMH, speed_kmh
from domain.findings.terms import PassTerms, PhoneTerms
from domain.values import Severity

Seen = Sequence[Sighting]
DOUBLE_WITHIN = timedelta(minutes=10)
LOOK_BACK = timedelta(hours=24)
STALE_AFTER = timedelta(hours=24)
LEEWAY = timedelta(minutes=2)
TRAILER = "挂"


def of_vehicle(who: str, seen: Seen, scene: Scene) -> Iterator[Finding]:
    for earlier, later in pairwise([one for one in seen if one.is_timed]):
        yield from _double(who, earlier, later)
        yield from _too_fast(who, earlier, later, scene)
    yield from _two_passes(who, seen, scene)


def of_pass(number: str, seen: Seen, scene: Scene) -> Iterator[Finding]:
    yield from _two_plates(number, seen, scene)
    terms = scene.passes.get(number)
    for one in seen if terms else ():
        yield from _not_valid(number, one, terms)
        yield from _off_lane(number, one, terms, scene)


def of_phone(device: str, seen: Seen, scene: Scene) -> Iterator[Finding]:
    phone = scene.phones.get(device) or PhoneTerms()
    is_plain = phone.is_enrolled and not phone.revoked
    for one in seen:
        if one.is_of_revoked or not is_plain:
            yield from _strange_phone(device, one, phone)
        if one.lists:
            yield from _stale_lists(device, one, scene)
    for before, after in gaps(phone.runs):
        missing = after.low - before - 1
        details = {"missing": str(missing), "after": str(before)}
        yield Finding(
            Kind.SEQUENCE_GAP,
            device,
            after.time,
            Severity.WARNING,
            after.checkpoint,
            details=details,
        )


def _double(who: str, earlier: Sighting, later: Sighting) -> Iterator[Finding]:
    """Let through twice, nothing between: a convoy behind one pass, or a slip."""
    same = (earlier.checkpoint, earlier.direction)
    is_double = same == (later.checkpoint, later.direction)
    is_double &= earlier.is_admitted and later.is_admitted
    if is_double and later.time - earlier.time <= DOUBLE_WITHIN:
        yield _found(Kind.DOUBLE_SCAN, who, later, Severity.WARNING, {}, earlier)


def _too_fast(
    who: str, earlier: Sighting, later: Sighting, scene: Scene
) -> Iterator[Finding]:
    if earlier.checkpoint == later.checkpoint:
        return
    start = scene.point_of(earlier.checkpoint, earlier.time)
    end = scene.point_of(later.checkpoint, later.time)
    if start is None or end is None or later.time - earlier.time > LOOK_BACK:
        return
    speed = speed_kmh(start, earlier.time, end, later.time)
    if speed > MAX_KMH:
        details = {"speed_kmh": str(round(speed)), "from": earlier.checkpoint}
        kind = Kind.IMPOSSIBLE_SPEED
        yield _found(kind, who, later, Severity.CRITICAL, details, earlier)


def _two_passes(plate: str, seen: Seen, scene: Scene) -> Iterator[Finding]:
    """一车一证: a number that we do not know beside another that stands."""
    strange: dict[str, Sighting] = {}
    for one in seen:
        number = one.pass_number
        if not number or one.plate != plate or scene.owner_of(number):
            continue
        others = {*scene.standing(plate, one.time)}
        others |= {n for n, s in strange.items() if one.time - s.time <= LOOK_BACK}
        strange[number] = one
        if others := others - {number}:
            passes = " ".join(sorted({number, *others}))
            kind = Kind.TWO_PASSES
            yield _found(kind, plate, one, Severity.WARNING, {"passes": passes})


def _two_plates(number: str, seen: Seen, scene: Scene) -> Iterator[Finding]:
    """Another plate than the pass's own, or than the one that showed it before."""
    owner = scene.owner_of(number)
    shown: dict[str, Sighting] = {}
    for one in seen:
        if not one.plate or one.plate.endswith(TRAILER):
            continue
        recent = [p for p, s in shown.items() if one.time - s.time <= LOOK_BACK]
        others = {owner} if owner else set(recent)
        shown[one.plate] = one
        if others := others - {one.plate}:
            plates = " ".join(sorted({one.plate, *others}))
            grave = Severity.CRITICAL if one.is_admitted else Severity.WARNING
            yield _found(Kind.TWO_PLATES, number, one, grave, {"plates": plates})


def _not_valid(
    number: str, one: Sighting, terms: PassTerms | None
) -> Iterator[Finding]:
    """Let through on a pass that had ended: the phone, or the officer, did not know."""
    if terms is None or not (one.is_admitted and one.is_believed):
        return
    why = terms.trouble(one.time)
    if why and terms.trouble(one.time - LEEWAY) and terms.trouble(one.time + LEEWAY):
        details = {"why": why, "plate": one.plate, "pass": number}
        yield _found(Kind.PASS_NOT_VALID, number, one, Severity.CRITICAL, details)


def _off_lane(
    number: str, one: Sighting, terms: PassTerms | None, scene: Scene
) -> Iterator[Finding]:
    """一证一线路: a post that is not on the pass's lane; a diverted one is no proof."""
    lane = scene.lanes.get(terms.lane) if terms else None
    post = scene.posts.get(one.checkpoint)
    if not (terms and lane and lane.checkpoints and post):
        return
    is_on = one.checkpoint in (*lane.checkpoints, *lane.substitutes)
    if is_on or post.lane == terms.lane or lane.is_diverted(one.time):
        return
    grave = Severity.WARNING if one.is_admitted else Severity.INFO
    details = {"lane": terms.lane, "plate": one.plate, "pass": number}
    yield _found(Kind.OFF_LANE, number, one, grave, details)


def _strange_phone(device: str, one: Sighting, phone: PhoneTerms) -> Iterator[Finding]:
    """A revoked phone that still scans is worse than its unsent queue."""
    is_still_used = one.is_believed and phone.is_revoked(one.time)
    if is_still_used or one.is_of_revoked:
        grave = Severity.CRITICAL if is_still_used else Severity.WARNING
        yield _found(Kind.DEVICE_REVOKED, device, one, grave, {})
    elif not phone.is_enrolled:
        yield _found(Kind.DEVICE_UNKNOWN, device, one, Severity.WARNING, {})


def _stale_lists(device: str, one: Sighting, scene: Scene) -> Iterator[Finding]:
    """Its lists lacked a change, of a pass or of a key, that was a day old by then."""
    if not one.is_believed:
        return
    day_before = one.time - STALE_AFTER
    of_passes, of_keys = (
        scene.last_change(day_before),
        scene.last_key_change(day_before),
    )
    for name, version in sorted(one.lists.items()):
        changed, made = of_keys if name == "trust" else of_passes, scene.made(version)
        if changed and made and made < changed:
            details = {"list": name, "version": str(version)}
            yield _found(Kind.STALE_LISTS, device, one, Severity.INFO, details)
            return


def _found(
    kind: Kind,
    subject: str,
    one: Sighting,
    severity: Severity,
    details: dict[str, str],
    earlier: Sighting | None = None,
) -> Finding:
    facts = (earlier.fact_id, one.fact_id) if earlier else (one.fact_id,)
    return Finding(kind, subject, one.time, severity, one.checkpoint, facts, details)
