import pytest

from domain.events import PassRequested
from domain.papers import Lost, SealedPerson
from domain.short_code import ALPHABET, is_short_code, normalise_code, short_code
from infra.passes.driver import Driver, driver_of, masked
from tests.forge import BEGIN
from tests.unit.domain.given import NOW, minutes

SEALED = SealedPerson("0" * 32, b"sealed")


def request(driver):
    window = {"valid_from": NOW, "valid_until": NOW + minutes(60)}
    return PassRequested(plate="鲁X00001", plate_kind="blue", driver=driver, **window)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王小明", "王*"),
        ("欧阳大锤", "欧阳*"),
        ("欧阳", "欧阳*"),
        ("O'Neill", "O*"),
        ("", ""),
    ],
)
def test_a_name_is_masked_to_its_surname(name, shown):
    assert masked(name) == shown


def test_who_is_erased_unreadable_or_not_named_leaves_no_trace():
    number = "370323000417"
    for lost in Lost:
        found = driver_of(request(SEALED), number, lambda *_, lost=lost: lost)
        assert found == Driver()
    assert driver_of(request(None), number, lambda *_: b"{}") == Driver()


def test_a_short_code_finds_every_wrong_character_and_every_swap():
    code = short_code(f"seed-{BEGIN}", 0)

    assert is_short_code(code)
    for place, right in enumerate(code):
        for wrong in set(ALPHABET) - {right}:
            assert not is_short_code(code[:place] + wrong + code[place + 1 :])
    for place in range(7):
        one, other = code[place], code[place + 1]
        swapped = code[:place] + other + one + code[place + 2 :]
        assert one == other or not is_short_code(swapped)


def test_a_short_code_is_read_as_people_type_it():
    assert normalise_code(" fn5w-5dwq　") == "FN5W5DWQ"
    assert normalise_code("ＦＮ５Ｗ５ＤＷＱ") == "FN5W5DWQ"
    assert not is_short_code("")
    assert not is_short_code("0IO1UZL8")
