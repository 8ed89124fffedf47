"""Passes that must be refused: by name, the text and the code of the refusal."""

import zlib

import cbor2
from base45 import b45encode
from cbor2 import CBORTag
from msgspec.structs import replace

from infra.passes.claims import BODY, EXP, to_claims
from infra.passes.envelope import Kind, header
from infra.passes.text import PREFIX, to_text
from tests.forge import BEGIN, DAY, dumps, issuer_of, the_pass


def spoilt(forge):
    """(name, text, code) of everything that an opener must refuse."""
    return [
        *unsigned(forge),
        *misused_keys(forge),
        *altered(forge),
        *badly_said(forge),
        *badly_written(forge),
        *damaged(forge),
    ]


def unsigned(forge):
    told = to_claims(the_pass())
    kid, payload = forge.keys["county"].kid, dumps(told)
    protected = header(kid, Kind.PASS)
    parts = [protected, {}, payload, bytes(64)]
    mac = [dumps({1: 5, 4: kid}), {}, payload, bytes(32)]
    yield "unsigned map", coded(payload), "envelope"
    yield "unsigned map in tag 61", coded(dumps(CBORTag(61, told))), "envelope"
    yield "signature of zeros", coded(dumps(CBORTag(18, parts))), "signature"
    yield "no signature", coded(dumps(CBORTag(18, [*parts[:3], b""]))), "envelope"
    yield "MAC0", coded(dumps(CBORTag(17, mac))), "envelope"
    yield "MAC0 dressed as Sign1", coded(dumps(CBORTag(18, mac))), "envelope"
    many = [protected, {}, payload, [[protected, {}, bytes(64)]]]
    yield "COSE_Sign", coded(dumps(CBORTag(98, many))), "envelope"
    good = cbor2.loads(forge.signed(told)).value
    yield "untagged", coded(dumps(good)), "envelope"
    yield "tag 61 around it", coded(dumps(CBORTag(61, CBORTag(18, good)))), "envelope"
    for name, alg in (("EdDSA", -8), ("none", 0), ("a list", [-7])):
        swapped = [dumps({1: alg, 4: kid}), *good[1:]]
        yield f"alg {name}", coded(dumps(CBORTag(18, swapped))), "alg"
    loose = [dumps({1: -7}), {4: kid}, *good[2:]]
    yield "kid unprotected", coded(dumps(CBORTag(18, loose))), "envelope"
    dressed = [good[0], {1: -8}, *good[2:]]
    yield "alg unprotected", coded(dumps(CBORTag(18, dressed))), "envelope"


def misused_keys(forge):
    told = to_claims(the_pass())
    kid = forge.keys["county"].kid
    others = replace(the_pass(), issuer=issuer_of("other"))
    abroad = replace(others, number="370322000417")
    yield "unknown key", to_text(forge.signed(told, "attacker")), "kid"
    stolen = forge.signed(told, "attacker", kid=kid)
    yield "another key under a known kid", to_text(stolen), "signature"
    yield "key of another issuer", forge.text(by="town"), "issuer"
    yield "key of another division", forge.text(abroad, by="county"), "issuer"
    yield "number of another division", forge.text(others, by="other"), "issuer"
    yield "key for lists", forge.text(by="lists"), "issuer"
    early = replace(the_pass(), issued=BEGIN - 3600)
    late = replace(the_pass(), issued=BEGIN + 90 * DAY + 3600)
    yield "signed before its key began", forge.text(early), "key-window"
    yield "signed after its key ended", forge.text(late), "key-window"
    for kind in (Kind.STATUS_LIST, Kind.LANE_SHEET, Kind.TRUST_LIST):
        frame = forge.signed(told, kind=kind)
        yield f"pass dressed as {kind.name.lower()}", to_text(frame), "envelope"


def altered(forge):
    frame = forge.signed(to_claims(the_pass()))
    plate = frame.index("鲁X00001".encode())
    expiry = frame.index((BEGIN + 7 * DAY).to_bytes(4, "big"))
    for name, at in (("plate", plate + 4), ("expiry", expiry + 1), ("last", -1)):
        changed = bytearray(frame)
        changed[at] ^= 1
        yield f"altered {name}", to_text(bytes(changed)), "signature"


def badly_said(forge):
    told = to_claims(the_pass())
    for claim in told:
        left = {key: value for key, value in told.items() if key != claim}
        yield f"without claim {claim}", to_text(forge.signed(left)), "claims"
    for name, change in (
        ("text for a time", {EXP: "2020-02-23"}),
        ("a fraction for a time", {EXP: 1_582_387_200.5}),
        ("a time before 1970", {EXP: -1}),
        ("it ends before it begins", {EXP: BEGIN}),
        ("an index of another pass", {65535: 418}),
        ("a number of four bytes", {7: b"1234"}),
        ("a number beyond twelve digits", {7: b"\xff" * 5, 65535: 627775}),
        ("a body that is a list", {BODY: [1, 2]}),
    ):
        yield name, to_text(forge.signed(told | change)), "claims"
    for name, change in (
        ("no plate", {1: ""}),
        ("a plate of bytes", {1: b"plate"}),
        ("a plate kind that is none", {2: 6}),
        ("seven waypoints", {10: [370300] * 7}),
        ("nobody drives", {12: 0}),
        ("an ID check of four bytes", {5: b"1234"}),
    ):
        body = told[BODY] | change
        yield name, to_text(forge.signed(told | {BODY: body})), "claims"


def badly_written(forge):
    told = to_claims(the_pass())
    payload = dumps(told)
    expiry = dumps(BEGIN + 7 * DAY)
    twice = bytes([payload[0] + 1]) + payload[1:].replace(
        b"\x04" + expiry, b"\x04" + dumps(BEGIN) + b"\x04" + expiry
    )
    wide = payload.replace(expiry, b"\x1b" + bytes(4) + expiry[1:])
    long = payload.replace(b"\x04" + expiry, b"\x18\x04" + expiry)
    later = payload.replace(b"\x04" + expiry, b"")[1:] + b"\x04" + expiry
    for name, raw in (
        ("a claim twice", twice),
        ("a claim's number longer than needed", long),
        ("a time longer than needed", wide),
        ("claims out of order", payload[:1] + later),
        ("something after the claims", payload + b"\x00"),
        ("an indefinite map", b"\xbf" + payload[1:] + b"\xff"),
        ("claims cut short", payload[:-3]),
        ("no map", dumps([1, 2, 3])),
        ("maps 250 deep", b"\xa1\x01" * 250 + b"\x00"),
        ("a map of 2^60", b"\xbb\x10" + bytes(7)),
    ):
        yield name, to_text(forge.signed(raw)), "claims"
    frame = forge.signed(told)
    yield "something after the signature", to_text(frame + b"\x00"), "envelope"
    wide = frame.replace(b"\x4d\xa2\x01\x26", b"\x58\x0d\xa2\x01\x26", 1)
    yield "a header longer than needed", to_text(wide), "envelope"
    for name, other in (("an array", b"\x80"), ("null", b"\xf6")):
        loose = frame.replace(b"\xa0\x58", other + b"\x58", 1)
        yield f"{name} for what is unprotected", to_text(loose), "envelope"


def damaged(forge):
    text = forge.text()
    frame = forge.signed(to_claims(the_pass()))
    packed = zlib.compress(frame)
    bomb = zlib.compress(bytes(300_000), 9)
    yield "another QR code", "https://example.org/pay", "prefix"
    yield "nothing", "", "prefix"
    yield "the prefix alone", PREFIX, "envelope"
    yield "lower case", PREFIX + text[4:].lower(), "base45"
    yield "a line break after it", text + "\n", "base45"
    yield "a character too few", text[:-1] + "~", "base45"
    yield "a group beyond 16 bits", PREFIX + "::::::", "base45"
    yield "cut in half", text[: len(text) // 2 // 3 * 3 + 1], "envelope"
    yield "a bomb", coded(bomb), "size"
    yield "a bomb with a broken end", coded(bomb[:-4] + b"boom"), "size"
    yield "zlib cut short", coded(packed[:-9]), "zlib"
    yield "something after zlib", coded(packed + b"\x00"), "zlib"
    yield "zlib of noise", coded(b"\x78\x9c" + bytes(range(60))), "zlib"
    yield "arrays four thousand deep", coded(b"\xd2" + b"\x81" * 500), "envelope"
    yield (
        "a promise of 2^63 bytes",
        coded(b"\xd2\x84\x5b\x7f" + b"\xff" * 7),
        "envelope",
    )
    yield "longer than any pass", coded(b"\xd2" + bytes(900)), "size"
    yield "a full-width prefix", "ＧＣ１:" + text[4:], "prefix"


def coded(raw):
    return PREFIX + b45encode(raw).decode()
