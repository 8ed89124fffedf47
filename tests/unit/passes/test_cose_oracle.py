"""Beside an independent COSE implementation, which must not be trusted with CWTs."""

import random

import cbor2
import pytest
from cbor2 import CBORTag
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSE, CWT, COSEKey

from domain.values import PlateKind
from infra.passes import keys
from infra.passes.claims import KINDS, Body, Pass, to_claims
from infra.passes.opener import open_pass, sign_pass
from infra.passes.refused import Refused
from infra.passes.text import from_text, to_text
from tests.forge import BEGIN, DAY, NOW, Forge, issuer_of, the_pass
from tests.spoilt import coded

FORGE = Forge()
COUNTY = FORGE.keys["county"]
PASSES = 1000
ALG_KID = {1: -7, 4: COUNTY.kid}


@pytest.fixture(scope="module")
def theirs():
    """The county's key as theirs: to sign, and to verify."""
    private = COSEKey.from_pem(keys.to_pem(COUNTY), alg="ES256", kid=COUNTY.kid)
    public = COUNTY.public.public_key.public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    return private, COSEKey.from_pem(public, alg="ES256", kid=COUNTY.kid)


def random_passes():
    chance = random.Random(20200216)
    for _ in range(PASSES):
        begins = BEGIN + chance.randrange(DAY // 2)
        words = [chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(12)]
        body = Body(
            plate=words[0] + f"X{chance.randrange(10**5):05d}",
            plate_kind=chance.randrange(len(KINDS)),
            trailer=chance.choice(["", "鲁X0001挂"]),
            driver=chance.choice(["", words[1] + "*"]),
            id_check=chance.randbytes(chance.randrange(4)),
            cargo="".join(words[: chance.randrange(13)]),
            origin=chance.randrange(10**6),
            destination=chance.randrange(10**6),
            lane=f"l{chance.randrange(100)}",
            waypoints=tuple(
                chance.randrange(10**6) for _ in range(chance.randrange(7))
            ),
            flags=chance.randrange(256),
            crew_count=chance.randrange(1, 61),
        )
        yield Pass(
            number=f"370323{chance.randrange(10**6):06d}",
            issuer=issuer_of("county"),
            valid_from=begins,
            valid_until=begins + DAY + chance.randrange(9 * DAY),
            issued=begins,
            body=body,
        )


def test_they_open_what_we_sign_and_we_what_they_sign(theirs):
    private, public = theirs
    cose = COSE.new()

    for one in random_passes():
        ours = sign_pass(one, COUNTY)
        assert cbor2.loads(cose.decode(from_text(ours), public)) == to_claims(one)

        payload = cbor2.dumps(to_claims(one), canonical=True)
        text = to_text(cose.encode_and_sign(payload, private, ALG_KID, {}))
        assert open_pass(text, FORGE.trust, NOW).a_pass == one


@pytest.mark.parametrize("wrap", [lambda m: m, lambda m: CBORTag(61, m)])
def test_what_they_take_unsigned_we_refuse(theirs, wrap):
    """The reason why their CWT.decode is banned: both forms come back as verified."""
    forged = to_claims(the_pass(valid_until=2**33))
    raw = cbor2.dumps(wrap(forged))

    assert CWT.new().decode(raw, theirs[1]) == forged
    with pytest.raises(Refused, match="envelope"):
        open_pass(coded(raw), FORGE.trust, NOW)


def test_kinds_of_plates_have_each_a_number():
    assert set(KINDS) == set(PlateKind)
