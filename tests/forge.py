"""Keys, passes and lists of one's own, and every way to spoil one."""

from functools import cached_property

import cbor2

from infra.passes import keys
from infra.passes.claims import Body, Pass
from infra.passes.envelope import Kind, signed_frame
from infra.passes.opener import sign_pass
from infra.passes.sheet import Diversion, Instruction, Row, Sheet
from infra.passes.trust import LISTS, TrustedKey, open_trust_list, sign_trust_list

BEGIN = 1_581_782_400
"""16 February 2020, midnight in the county."""
DAY = 86_400
NOW = BEGIN + DAY // 2
BODY = Body(
    plate="鲁X00001",
    plate_kind=1,
    cargo="苹果",
    origin=370323,
    destination=370303,
    lane="zz-zd-2020",
    waypoints=(370304, 370302),
    crew_count=2,
)
LONGEST_BODY = Body(
    plate="鲁XD00001",
    plate_kind=3,
    trailer="鲁X0001挂",
    driver="欧阳*",
    id_check=b"\xf0\x0d",
    cargo="苹果梨桃葡萄樱桃山楂石榴"[:12],
    origin=370323,
    destination=370303,
    lane="zz-zd-2020-zibo-2020",
    waypoints=(370304, 370302, 370305, 370306, 370321, 370322),
    flags=3,
    crew_count=12,
)
ROW = Row(
    number="370323000417",
    short_code="23456789",
    plate="鲁X00001",
    plate_kind=1,
    trailer="",
    valid_from=BEGIN,
    valid_until=BEGIN + 7 * DAY,
    status=0,
    disinfected_until=NOW + 3600,
    crew_count=2,
    replaces="",
    replaced_by="",
    last_post="CP1",
    last_time=NOW - 600,
    window_from=NOW,
    window_until=NOW + 900,
    lane="l1",
    cargo="苹果",
)
SHEET = Sheet(
    "CP1",
    "0533-1",
    (ROW,),
    (Diversion("l1", "diverted", "结冰", ("南线",), NOW),),
    (Instruction("劝返鄂牌", ("鄂",), ("水产",), NOW, 2),),
)
NAMES = {"county": 370323, "town": 370323, "other": 370322}


class Forge:
    """A trusted root, issuers with a key each, and an attacker with one of his own."""

    def __init__(self):
        self.root, self.attacker = keys.new_key(), keys.new_key()
        self.keys = {name: keys.new_key() for name in (*NAMES, LISTS)}

    @cached_property
    def trusted(self):
        return [self.trusted_key(name) for name in self.keys]

    def trusted_key(self, name):
        division = NAMES.get(name, 0)
        return TrustedKey(
            kid=self.keys[name].kid,
            issuer=issuer_of(name),
            division=division,
            valid_from=BEGIN,
            valid_until=BEGIN + 90 * DAY,
            name=name,
            phone="0533-1",
            public_key=self.keys[name].public.public_key,
        )

    @cached_property
    def trust_list(self):
        return sign_trust_list(self.trusted, 7, NOW, self.root)

    @cached_property
    def trust(self):
        return open_trust_list(self.trust_list, self.root.public)

    def text(self, a_pass=None, by="county"):
        return sign_pass(a_pass or the_pass(), self.keys[by])

    def signed(self, told, by="county", kind=Kind.PASS, kid=None):
        """Claims of any kind, signed; bytes are taken as they stand."""
        key = self.attacker if by == "attacker" else self.keys[by]
        payload = told if isinstance(told, bytes) else dumps(told)
        return signed_frame(payload, key.private_key, kid or key.kid, kind)


def dumps(value):
    return cbor2.dumps(value, canonical=True)


def the_pass(**more):
    told = {
        "number": "370323000417",
        "issuer": issuer_of("county"),
        "valid_from": BEGIN,
        "valid_until": BEGIN + 7 * DAY,
        "issued": BEGIN + DAY // 4,
        "body": BODY,
    }
    return Pass(**(told | more))


def issuer_of(name):
    return f"CN-{NAMES[name]}-{name}" if name in NAMES else name
