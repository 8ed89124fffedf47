from datetime import date, timedelta

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import commands as c
from domain import errors
from domain import events as e
from domain.clerk import is_id_number
from domain.papers import (
    Document,
    DocumentKind,
    MediaType,
    OwnerKind,
    SealedPerson,
)
from tests.unit.domain.examples import ASK, DRAFTED, REQUEST, REQUESTED
from tests.unit.domain.given import given, state_of

DRIVER = SealedPerson("d" * 32, b"sealed")
ESCORT = SealedPerson("e" * 32, b"sealed")
LAST_DAY = date(2020, 2, 23)
TRUCK = {"gross_mass_kg": 18000, "road_transport_permit": "370323000001"}
TRACTOR = TRUCK | {"vehicle_type": "重型半挂牵引车"}


def asked(**fields):
    return given(*DRAFTED.events).when(replace(REQUEST, **fields))


def test_an_application_that_says_no_more_than_before_is_taken():
    asked().then(e.PassRequested)


def test_a_complete_application_is_taken_as_it_was_told():
    told = {
        "rated_load_kg": 1495,
        "load_kg": 1495,
        "seats": 2,
        "crew_count": 2,
        "inspection_valid_until": LAST_DAY,
        "owner": "果篮子",
        "driver": DRIVER,
        "licence_class": "C1",
        "crew": (ESCORT,),
        "return_from": REQUEST.valid_from + timedelta(hours=12),
        "return_until": REQUEST.valid_until,
        "declaration": True,
        "documents": (Document(DocumentKind.CREW_ID, "a" * 64, MediaType.JPEG),),
    }

    event, *_ = asked(**told).then(e.PassRequested, e.PersonNamed, e.PersonNamed)

    assert {name: getattr(event, name) for name in told} == told


def test_no_more_is_loaded_than_the_vehicle_is_rated_for():
    more = asked(rated_load_kg=1495, load_kg=1496)

    more.refused(errors.OverloadedError, "overloaded")


def test_nobody_rides_without_a_seat():
    asked(seats=2, crew_count=3).refused(
        errors.CrewExceedsSeatsError, "crew-exceeds-seats"
    )


def test_the_crew_counted_are_the_driver_and_those_named():
    named = asked(driver=DRIVER, crew=(ESCORT,), crew_count=3, declaration=True)

    named.refused(errors.CrewDiffersError, "crew-differs")


def test_the_inspection_holds_through_the_last_day_in_the_county():
    asked(inspection_valid_until=LAST_DAY).then(e.PassRequested)
    day_before = asked(inspection_valid_until=LAST_DAY - timedelta(days=1))

    day_before.refused(errors.InspectionLapsedError, "inspection-lapsed")


@pytest.mark.parametrize(
    ("licence", "vehicle"),
    [
        ("C1", {"gross_mass_kg": 4500}),
        ("C2", {"gross_mass_kg": 3000}),
        ("c1d", {"gross_mass_kg": 4500}),
        ("B2", TRUCK),
        ("A1", TRUCK),
        ("A2", TRACTOR),
        ("A2D", TRUCK | {"trailer": "鲁X0003挂"}),
        ("C1C6", {"gross_mass_kg": 3500, "trailer": "鲁X0003挂"}),
        ("C1", {}),
        ("", TRACTOR),
    ],
)
def test_a_class_that_drives_the_vehicle_is_taken(licence, vehicle):
    asked(licence_class=licence, **vehicle).then(e.PassRequested)


@pytest.mark.parametrize(
    ("licence", "vehicle"),
    [
        ("C1", TRUCK),
        ("C6", {"gross_mass_kg": 4490}),
        ("B1", TRUCK),
        ("B2", TRACTOR),
        ("B2", TRUCK | {"trailer": "鲁X0003挂"}),
        ("C1", {"gross_mass_kg": 3500, "trailer": "鲁X0003挂"}),
        ("D", {"gross_mass_kg": 4490}),
        ("C9", {"gross_mass_kg": 4490}),
        ("驾照", {}),
    ],
)
def test_a_class_that_does_not_drive_it_is_refused(licence, vehicle):
    wrong = asked(licence_class=licence, **vehicle)

    wrong.refused(errors.LicenceClassError, "licence-class")


@pytest.mark.parametrize(("start", "end"), [(-1, 24), (24, 24), (24, 12), (0, 169)])
def test_the_way_back_lies_inside_the_window(start, end):
    begins = REQUEST.valid_from
    back = {
        "return_from": begins + timedelta(hours=start),
        "return_until": begins + timedelta(hours=end),
    }

    asked(**back).refused(errors.ReturnWindowError, "return-window")


def test_an_end_of_the_way_back_alone_is_judged_too():
    late = {"return_until": REQUEST.valid_until + timedelta(seconds=1)}

    asked(**late).refused(errors.ReturnWindowError, "return-window")


@pytest.mark.parametrize(
    "persons",
    [
        {"driver": DRIVER},
        {"crew": (ESCORT,), "crew_count": 2},
        {"owner_kind": OwnerKind.PERSON, "owner_person": DRIVER},
    ],
)
def test_whoever_is_named_has_declared(persons):
    asked(**persons).refused(errors.DeclarationMissingError, "declaration-missing")
    asked(**persons, declaration=True).then(e.PassRequested, e.PersonNamed)


@pytest.mark.parametrize(
    "owner",
    [
        {"owner_kind": OwnerKind.PERSON, "owner": "张三"},
        {"owner_kind": OwnerKind.PERSON},
        {"owner_kind": OwnerKind.PERSON, "owner": "张三", "owner_person": DRIVER},
        {"owner_kind": OwnerKind.ORGANISATION, "owner_person": DRIVER},
    ],
)
def test_a_person_who_owns_the_vehicle_never_stands_open(owner):
    asked(**owner, declaration=True).refused(errors.OwnerError, "owner")


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_licences_and_id_cards_are_photographs(kind):
    document = Document(kind, "a" * 64, MediaType.PDF)
    history = given(*REQUESTED.events).and_then(ASK)
    may_be = kind in {DocumentKind.APPLICATION_FORM, DocumentKind.OTHER}

    for carrier in (
        asked(documents=(document,)),
        history.when(supplied(document)),
    ):
        if may_be:
            assert carrier.decided()
        else:
            carrier.refused(errors.DocumentKindError, "document-kind")


def test_documents_supplied_later_join_those_of_the_application():
    first = Document(DocumentKind.OTHER, "a" * 64, MediaType.PDF)
    second = Document(DocumentKind.CREW_ID, "b" * 64, MediaType.PNG)
    history = given(*DRAFTED.events).and_then(replace(REQUEST, documents=(first,)))

    told = history.and_then(ASK).and_then(supplied(second))

    assert state(told).documents == (first, second)


@pytest.mark.parametrize(
    "text", ["11010519491231002X", "440524188001010014", "370323199001010012"]
)
def test_id_numbers_with_their_check_character_are_known(text):
    assert is_id_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "110105194912310021",
        "11010519491231002x",
        "110105491231002",
        "11010519490231002X",
        "01010519491231002X",
        "１1010519491231002X",
    ],
)
def test_what_is_no_id_number_is_told_apart(text):
    assert not is_id_number(text)


@any_of(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(place, step):
    right = "440524188001010014"
    digit = (int(right[place]) + step) % 10

    assert not is_id_number(right[:place] + str(digit) + right[place + 1 :])


def supplied(document):
    return c.SupplyPassInformation(pass_id="p1", documents=(document,))


def state(history):
    return state_of(history.events)["pass:p1"]
