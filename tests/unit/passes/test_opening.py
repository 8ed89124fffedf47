"""A pass opens where it is right, and is refused with its reason where it is not."""

import tracemalloc
import zlib

import pytest
from base45 import b45encode
from msgspec.structs import replace

from infra.passes.claims import from_claims, to_claims
from infra.passes.opener import open_pass
from infra.passes.qr import version_of
from infra.passes.refused import Refused
from tests.forge import BEGIN, DAY, LONGEST_BODY, NOW, Forge, the_pass
from tests.spoilt import coded, spoilt

FORGE = Forge()
SPOILT = list(spoilt(FORGE))


def test_a_pass_opens_with_what_was_signed():
    opened = open_pass(FORGE.text(), FORGE.trust, NOW)

    assert opened.a_pass == the_pass()
    assert (opened.problem, opened.key.name) == ("", "county")


def test_a_zlib_form_opens_too():
    packed = zlib.compress(FORGE.signed(to_claims(the_pass())), 9)

    text = "GC1:" + b45encode(packed).decode()

    assert open_pass(text, FORGE.trust, NOW).a_pass == the_pass()


def test_a_bomb_is_never_unpacked_whole():
    bomb = coded(zlib.compress(bytes(400_000), 9))
    tracemalloc.start()

    with pytest.raises(Refused, match="size"):
        open_pass(bomb, FORGE.trust, NOW)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000


@pytest.mark.parametrize("case", SPOILT, ids=lambda case: case[0])
def test_what_is_not_right_is_refused(case):
    _, text, code = case

    with pytest.raises(Refused) as caught:
        open_pass(text, FORGE.trust, NOW)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("now", "problem"),
    [
        (BEGIN, "early"),
        (BEGIN + DAY // 4 - 61, "early"),
        (BEGIN + DAY // 4 - 59, ""),
        (BEGIN + 7 * DAY + 59, ""),
        (BEGIN + 7 * DAY + 61, "expired"),
        (0, "early"),
        (2**40, "expired"),
    ],
)
def test_a_pass_is_for_its_time(now, problem):
    assert open_pass(FORGE.text(), FORGE.trust, now).problem == problem


def test_a_pass_that_begins_tomorrow_is_early():
    tomorrow = replace(the_pass(), valid_from=BEGIN + DAY)

    assert open_pass(FORGE.text(tomorrow), FORGE.trust, NOW).problem == "early"


def test_with_every_field_at_its_longest_the_code_stays_readable():
    text = FORGE.text(replace(the_pass(), body=LONGEST_BODY))

    assert version_of(text) <= 13
    assert open_pass(text, FORGE.trust, NOW).a_pass.body == LONGEST_BODY


def test_a_field_of_a_later_version_is_left_alone():
    told = to_claims(the_pass())
    told[-65537] = told[-65537] | {99: "new"}

    assert from_claims(told) == the_pass()
