"""What a clerk at the window would check; only what was given is judged.

ID numbers are judged at the edge, before they are sealed: nothing here can read them.
"""

import re
from datetime import date, datetime, timedelta

from domain import commands as c
from domain.errors import (
    CrewDiffersError,
    CrewExceedsSeatsError,
    DeclarationMissingError,
    DocumentKindError,
    InspectionLapsedError,
    LicenceClassError,
    OverloadedError,
    OwnerError,
    PermitMissingError,
    RefusedError,
    ReturnWindowError,
)
from domain.papers import Document, DocumentKind, MediaType, OwnerKind
from domain.zones import COUNTY

LIGHT_KG = 4500
"""Up to here a truck is light: no 道路运输证, and C1 drives it (GA 802)."""
ANY_LIGHT = frozenset({"A1", "A2", "A3", "B1", "B2", "C1", "C2"})
HEAVY = frozenset({"A1", "A2", "B2"})
TRACTOR = frozenset({"A2"})
LIGHT_TRAILER = frozenset({"A2", "C6"})
MAY_BE_PDF = frozenset({DocumentKind.APPLICATION_FORM, DocumentKind.OTHER})
_CLASSES = re.compile(r"(?:A[123]|B[12]|C[1-6]|[DEFMNP])+")
_CLASS = re.compile(r"[A-Z][1-6]?")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def check(request: c.RequestPass) -> None:
    """Raises the RefusedError of the first rule that the application breaks."""
    _check_mass(request)
    _check_crew(request)
    _check_owner(request)
    _check_inspection(request)
    _check_licence(request)
    _check_return(request)
    check_documents(request.documents)
    if has_persons(request) and not request.declaration:
        msg = "An application that names persons carries their declaration"
        raise DeclarationMissingError(msg)


def check_documents(documents: tuple[Document, ...]) -> None:
    """Licences and ID cards are photographs: the desk looks at them side by side."""
    for document in documents:
        is_pdf = document.media_type == MediaType.PDF
        if is_pdf and document.kind not in MAY_BE_PDF:
            msg = f"A {document.kind} is a photograph, not a PDF"
            raise DocumentKindError(msg, kind=document.kind)


def has_persons(request: c.RequestPass) -> bool:
    return bool(request.driver or request.crew or request.owner_person)


def is_id_number(text: str) -> bool:
    """GB 11643: 17 digits with a date of birth, and the check character (MOD 11-2)."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", text, re.ASCII):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, text[:17], strict=True))
    return text[17] == _CHECKS[total % 11]


def classes_needed(request: c.RequestPass) -> frozenset[str]:
    """Which classes of licence drive this vehicle; one of them suffices."""
    is_light = request.gross_mass_kg <= LIGHT_KG
    is_tractor = "牵引" in request.vehicle_type or "tractor" in request.vehicle_type
    if request.trailer or is_tractor:
        return LIGHT_TRAILER if is_light and request.gross_mass_kg else TRACTOR
    return ANY_LIGHT if is_light else HEAVY


def _check_mass(request: c.RequestPass) -> None:
    if request.gross_mass_kg > LIGHT_KG and not request.road_transport_permit:
        msg = "Above 4.5 t gross mass the road transport permit is needed"
        raise PermitMissingError(msg)
    if request.rated_load_kg and request.load_kg > request.rated_load_kg:
        msg = "The load is above what the vehicle is rated for"
        raise OverloadedError(msg, rated_load_kg=round(request.rated_load_kg))


def _check_crew(request: c.RequestPass) -> None:
    if request.crew_count < 1:
        msg = "Somebody has to drive"
        raise RefusedError(msg)
    if request.seats and request.crew_count > request.seats:
        msg = "More people than seats"
        raise CrewExceedsSeatsError(msg, seats=request.seats)
    if request.crew and request.crew_count != len(request.crew) + 1:
        msg = "The crew counted are not the driver and those named"
        raise CrewDiffersError(msg, named=len(request.crew) + 1)


def _check_owner(request: c.RequestPass) -> None:
    is_person = request.owner_kind == OwnerKind.PERSON
    if is_person is (request.owner_person is None) or (is_person and request.owner):
        msg = "A person who owns the vehicle is sealed, an organisation is not"
        raise OwnerError(msg)


def _check_inspection(request: c.RequestPass) -> None:
    until = request.inspection_valid_until
    if until and until < _last_day(request.valid_until):
        msg = "The vehicle's inspection ends before the pass would"
        raise InspectionLapsedError(msg, inspection_valid_until=until.isoformat())


def _check_licence(request: c.RequestPass) -> None:
    if not request.licence_class:
        return
    told = request.licence_class.upper()
    needed = classes_needed(request)
    if not _CLASSES.fullmatch(told) or not needed & set(_CLASS.findall(told)):
        msg = f"For this vehicle the licence is one of {', '.join(sorted(needed))}"
        raise LicenceClassError(msg, licence_class=request.licence_class)


def _check_return(request: c.RequestPass) -> None:
    start, end = request.return_from, request.return_until
    if start is None and end is None:
        return
    start, end = start or request.valid_from, end or request.valid_until
    if not request.valid_from <= start < end <= request.valid_until:
        msg = "The way back lies inside the pass's window"
        raise ReturnWindowError(msg)


def _last_day(until: datetime) -> date:
    return (until - timedelta(microseconds=1)).astimezone(COUNTY).date()
