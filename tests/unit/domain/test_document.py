import pytest
from msgspec.structs import replace

from domain import commands as c
from domain import errors
from domain import events as e
from domain.named import SHOWS, showing
from domain.papers import Document, DocumentKind, MediaType, Part
from domain.values import Reporter, Role
from tests.unit.domain.examples import ASK, DRAFTED, HASH, REQUEST, SHOWN
from tests.unit.domain.given import FIRM, RIVAL, given

LOOK = c.RevealDocument(hash=HASH, pass_id="p1")
LATER = Document(DocumentKind.OTHER, "b" * 64, MediaType.PDF)
GONE = c.MarkDocumentErased(hash=HASH, passes=("p1",))


def test_a_look_is_recorded_on_the_document():
    (looked,) = given(*SHOWN.events).when(LOOK, FIRM).then(e.DocumentRevealed)

    assert (looked.pass_id, looked.purpose) == ("p1", "review")


@pytest.mark.parametrize(
    ("by", "error"),
    [
        (RIVAL, errors.NotFoundError),
        (Reporter("k", "", frozenset({Role.COORDINATOR})), errors.ForbiddenError),
        (Reporter("k", "", frozenset({Role.CHECKPOINT})), errors.NotFoundError),
    ],
)
def test_a_look_is_for_those_who_may_read_the_persons(by, error):
    given(*SHOWN.events).when(LOOK, by).refused(error)


def test_a_document_is_looked_at_through_an_application_that_names_it():
    other = replace(LOOK, hash="c" * 64)

    given(*SHOWN.events).when(other).refused(errors.NotFoundError, "document-not-found")


def test_what_was_supplied_later_is_looked_at_too():
    supply = c.SupplyPassInformation(pass_id="p1", documents=(LATER,))
    history = given(*DRAFTED.events).and_then(REQUEST).and_then(ASK).and_then(supply)

    history.when(replace(LOOK, hash=LATER.hash)).then(e.DocumentRevealed)


def test_that_a_document_is_gone_is_said_once_for_each_application():
    erased = given(*SHOWN.events).and_then(GONE)

    erased.when(GONE).then()
    erased.when(replace(GONE, passes=("p1", "p2"))).then(e.DocumentErased)


def test_every_kind_of_document_shows_somebody():
    assert set(SHOWS) == set(DocumentKind)
    assert all(SHOWS.values())


def test_a_person_takes_along_the_papers_that_show_them():
    papers = [
        Document(kind, letter * 64, MediaType.JPEG)
        for kind, letter in zip(DocumentKind, "abcde", strict=True)
    ]

    assert [name[0] for name in showing(papers, Part.DRIVER)] == ["a", "b", "e"]
    assert [name[0] for name in showing(papers, Part.OWNER)] == ["a", "c", "e"]
    assert [name[0] for name in showing(papers, Part.CREW)] == ["a", "d", "e"]
