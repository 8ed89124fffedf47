"""`python -m tests.make_vectors`: tests/vectors/passes.json, shared by both openers.

Signatures are random, so the file is made once and changes on purpose.
"""

import json
import zlib
from pathlib import Path

from base45 import b45encode
from msgspec import to_builtins
from msgspec.structs import asdict, replace

from infra.passes.claims import to_claims
from infra.passes.envelope import Kind
from infra.passes.sheet import EFFECTS, open_sheet, sign_sheet
from infra.passes.status import Status, StatusList, entries_of, sign_status_list
from infra.passes.text import pack
from infra.passes.trust import sign_trust_list
from tests.forge import BEGIN, DAY, LONGEST_BODY, NOW, SHEET, Forge, the_pass
from tests.opener_page import in_base64, root_of
from tests.spoilt import spoilt

VECTORS = Path(__file__).parent / "vectors" / "passes.json"


def main():
    forge = Forge()
    told = {
        "root": root_of(forge),
        "now": NOW,
        "trust_list": in_base64(forge.trust_list),
        "passes": [*good(forge), *untimely(forge), *refused(forge)],
        "lists": list(lists(forge)),
    }
    VECTORS.parent.mkdir(exist_ok=True)
    text = json.dumps(told, ensure_ascii=False, indent=1)
    VECTORS.write_text(text + "\n", "utf-8")


def good(forge):
    packed = zlib.compress(forge.signed(to_claims(the_pass())), 9)
    longest = replace(the_pass(), body=LONGEST_BODY)
    for name, text, a_pass in (
        ("plain", forge.text(), the_pass()),
        ("zlib", "GC1:" + b45encode(packed).decode(), the_pass()),
        ("longest", forge.text(longest), longest),
    ):
        yield {"name": name, "text": text, "problem": "", "pass": shown(a_pass)}


def untimely(forge):
    for name, more in (
        ("expired", {"valid_until": NOW - DAY // 24}),
        ("early", {"valid_from": NOW + DAY // 24}),
    ):
        a_pass = the_pass(**more)
        text = forge.text(a_pass)
        yield {"name": name, "text": text, "problem": name, "pass": shown(a_pass)}


def refused(forge):
    for name, text, code in spoilt(forge):
        yield {"name": name, "text": text, "problem": code, "pass": None}


def lists(forge):
    key, county = forge.keys["lists"], forge.keys["county"]
    ended = {417: Status.INVALID, 418: Status.SUSPENDED}
    status = StatusList(370323, 41, NOW, entries_of(ended))
    odd = signed_sheet(forge, effect=9)
    before = signed_sheet(forge)
    deep = pack(forge.signed(b"\x81" * 60_000 + b"\x00", "lists", Kind.LANE_SHEET))
    bomb = zlib.compress(bytes(9 << 20), 9)[:-4] + b"boom"
    for name, kind, raw, held, problem in (
        ("a sheet 60,000 deep", "sheet", deep, 0, "claims"),
        ("a bomb with a broken end", "sheet", bomb, 0, "size"),
        ("trust list", "trust", forge.trust_list, 7, ""),
        ("an older trust list", "trust", forge.trust_list, 8, "rollback"),
        ("a trust list of an attacker", "trust", by_attacker(forge), 0, "signature"),
        ("status list", "status", sign_status_list(status, key), 41, ""),
        ("an older one", "status", sign_status_list(status, key), 42, "rollback"),
        ("one by an issuer", "status", sign_status_list(status, county), 0, "issuer"),
        ("lane sheet", "sheet", sign_sheet(SHEET, 41, NOW, key), 41, ""),
        ("a sheet of before goods and effects", "sheet", before, 41, ""),
        ("a sheet with an effect of no meaning", "sheet", odd, 41, "claims"),
        ("an older sheet", "sheet", sign_sheet(SHEET, 41, NOW, key), 42, "rollback"),
        (
            "a sheet by an issuer",
            "sheet",
            sign_sheet(SHEET, 41, NOW, county),
            0,
            "issuer",
        ),
        (
            "a sheet for a list",
            "status",
            sign_sheet(SHEET, 41, NOW, key),
            0,
            "envelope",
        ),
    ):
        case = {"name": name, "kind": kind, "base64": in_base64(raw), "held": held}
        is_sheet = kind == "sheet" and not problem
        told = said(open_sheet(raw, forge.trust).sheet) if is_sheet else None
        yield case | {"problem": problem, "sheet": told}


def signed_sheet(forge, effect=None):
    """As sheets were before rows named goods and instructions had an effect."""
    sheet = to_builtins(SHEET)
    row, (text, provinces, goods, until, _) = sheet[2][0], sheet[4][0]
    told = [text, provinces, goods, until] + ([] if effect is None else [effect])
    claims = {6: NOW, -65538: 41, -65537: [*sheet[:2], [row[:-1]], sheet[3], [told]]}
    return pack(forge.signed(claims, "lists", Kind.LANE_SHEET))


def said(sheet):
    """What both openers must read of a sheet."""
    (row,), (instruction,) = sheet.rows, sheet.instructions
    effect = EFFECTS[instruction.effect]
    named = {"number": row.number, "plate": row.plate, "cargo": row.cargo}
    return named | {"provinces": list(instruction.provinces), "effect": effect}


def by_attacker(forge):
    stolen = forge.attacker._replace(kid=forge.root.kid)
    return sign_trust_list(forge.trusted, 7, BEGIN, stolen)


def shown(a_pass):
    """What both openers must read."""
    body = asdict(a_pass.body)
    body["id_check"] = body["id_check"].hex()
    head = {"number": a_pass.number, "issuer": a_pass.issuer, "issued": a_pass.issued}
    window = {"valid_from": a_pass.valid_from, "valid_until": a_pass.valid_until}
    return head | window | body


if __name__ == "__main__":
    main()
