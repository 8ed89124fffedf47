import pytest
from msgspec.structs import replace

from domain import commands as c
from domain import errors
from domain import events as e
from domain.papers import Part, Purpose, SealedPerson
from domain.values import Reporter, Role
from tests.unit.domain.examples import (
    DRAFTED,
    DRIVER,
    ERASE,
    ERASING,
    NAMED,
    PERSONAL,
    REQUESTED,
)
from tests.unit.domain.given import FIRM, RIVAL, given

ESCORT = SealedPerson("e" * 32, b"sealed")
REVEAL = c.RevealPersons(pass_id="p1", purpose=Purpose.PRINT)
ERASE_ALL = c.ErasePassPersons(pass_id="p1", reason="到期")
DONE = c.MarkPersonErased(subject=DRIVER.subject)
ERASED = given(*ERASING.events).and_then(DONE)


def reviewer(issuer):
    return Reporter("key-reviewer", "", frozenset({Role.REVIEWER}), issuer=issuer)


ADMIN = Reporter("key-admin", "", frozenset({Role.ADMIN}))


def test_each_person_gets_a_stream_in_the_batch_of_the_application():
    whole = replace(PERSONAL, crew=(ESCORT,), crew_count=2)
    named = given(*DRAFTED.events).when(whole).decided()[1:]

    assert [(p.originator_id, p.part, p.pass_id) for p in named] == [
        (f"person:{DRIVER.subject}", Part.DRIVER, "p1"),
        (f"person:{ESCORT.subject}", Part.CREW, "p1"),
    ]


def test_reading_is_recorded_on_the_person_with_its_purpose():
    (read,) = given(*NAMED.events).when(REVEAL).then(e.PersonRevealed)

    assert read.originator_id == f"person:{DRIVER.subject}"
    assert (read.pass_id, read.part, read.purpose) == ("p1", "driver", "print")


@pytest.mark.parametrize("by", [FIRM, ADMIN, reviewer("county")])
def test_the_firm_and_its_issuer_may_read(by):
    given(*NAMED.events).when(REVEAL, by).then(e.PersonRevealed)


@pytest.mark.parametrize(
    "by",
    [Reporter("k", "", frozenset({r})) for r in (Role.LIAISON, Role.COORDINATOR)],
)
def test_other_staff_may_not(by):
    given(*NAMED.events).when(REVEAL, by).refused(errors.ForbiddenError, "forbidden")


@pytest.mark.parametrize(
    "by",
    [
        RIVAL,
        reviewer("town"),
        Reporter("k", "", frozenset({Role.CHECKPOINT})),
        Reporter("k", "rival", frozenset({Role.DRIVER})),
    ],
)
def test_to_others_the_application_is_not_there(by):
    given(*NAMED.events).when(REVEAL, by).refused(errors.NotFoundError)


def test_a_driver_of_the_firm_may_not_read_the_whole_application():
    driver = Reporter("k", "firm", frozenset({Role.DRIVER}))

    given(*NAMED.events).when(REVEAL, driver).refused(errors.ForbiddenError)


def test_an_application_without_persons_has_nobody_to_read():
    given(*REQUESTED.events).when(REVEAL).then()


def test_erasing_is_asked_for_once_and_done_once():
    given(*NAMED.events).when(ERASE).then(e.ErasureRequested)
    given(*ERASING.events).when(ERASE).then()
    given(*ERASING.events).when(DONE).then(e.PersonErased)
    given(*ERASED.events).when(DONE).then()


def test_erasing_an_application_asks_for_everybody_who_is_left():
    whole = replace(PERSONAL, crew=(ESCORT,), crew_count=2)
    history = given(*DRAFTED.events).and_then(whole).and_then(ERASE)

    (asked,) = history.when(ERASE_ALL).then(e.ErasureRequested)

    assert asked.originator_id == f"person:{ESCORT.subject}"


def test_nobody_who_was_erased_is_read():
    given(*ERASED.events).when(REVEAL).then()


def test_a_stranger_cannot_be_erased():
    given().when(ERASE).refused(errors.NotFoundError, "person-not-found")
