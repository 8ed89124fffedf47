"""A finding: what is odd, about whom, since when, how grave, and from which facts."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from domain.alert import alert_id
from domain.values import Severity
from domain.zones import COUNTY

FACTS_SHOWN = 20
_SUBJECT = re.compile(r"[\w.-]{1,24}")
_RANK = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Kind(StrEnum):
    """Also the kind of the alert; what to do stands in the pages' texts."""

    DOUBLE_SCAN = "double-scan"
    TWO_PLATES = "two-plates"
    TWO_PASSES = "two-passes"
    OFF_LANE = "off-lane"
    IMPOSSIBLE_SPEED = "impossible-speed"
    PASS_NOT_VALID = "pass-not-valid"  # noqa: S105 -- a vehicle pass
    STALE_LISTS = "stale-lists"
    SEQUENCE_GAP = "sequence-gap"
    DEVICE_UNKNOWN = "device-unknown"
    DEVICE_REVOKED = "device-revoked"


class Finding(msgspec.Struct, frozen=True):
    """`subject` is a plate, a pass number or a device; `count` how often that day."""

    kind: Kind
    subject: str
    onset_time: datetime
    severity: Severity
    checkpoint: str
    facts: tuple[str, ...] = ()
    details: dict[str, str] = {}
    count: int = 1

    @property
    def bucket(self) -> tuple[str, str, date]:
        """What is one: a day of a kind and a subject, but each gap of a device."""
        local = self.onset_time.astimezone(COUNTY)
        if self.kind == Kind.SEQUENCE_GAP:
            return (self.kind, self.subject, local.replace(second=0, microsecond=0))
        return (self.kind, self.subject, local.date())

    @property
    def identity(self) -> str:
        """The alert's: the same on every node, and again when it is found again."""
        subject = self.subject
        if not _SUBJECT.fullmatch(subject):
            subject = sha256(subject.encode("utf-8", "replace")).hexdigest()[:16]
        return alert_id(self.kind, subject, self.onset_time)


def merged(found: Iterable[Finding]) -> dict[str, Finding]:
    """By identity: a day's findings of one kind about one subject are one.

    Each gap in a device's sequence stays its own, for each is filled on its own.
    """
    days: dict[tuple[str, str, date], Finding] = {}
    for one in sorted(found, key=lambda one: (one.onset_time, one.facts)):
        key = one.bucket
        days[key] = _added(days[key], one) if key in days else one
    return {one.identity: one for one in days.values()}


def _added(first: Finding, more: Finding) -> Finding:
    facts = first.facts
    if len(facts) < FACTS_SHOWN:
        facts = tuple(dict.fromkeys((*facts, *more.facts)))[:FACTS_SHOWN]
    gravest = min(first.severity, more.severity, key=_RANK.__getitem__)
    return replace(first, facts=facts, severity=gravest, count=first.count + 1)
