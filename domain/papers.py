"""What an application shows besides the vehicle: sealed persons, papers, goods."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.values import Digest

Subject = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
"""A person in one application: 128 random bits, never made from an ID number."""

LicenceClass = Annotated[str, Meta(max_length=12)]
"""准驾车型 as printed on the licence: C1, A2D, C1C6."""


class SealedPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name, telephone and ID number, readable only with the subject's key.

    It is not a text on purpose: nothing that handles texts can write it open.
    """

    subject: Subject
    sealed: bytes


class Part(StrEnum):
    """The part that a person plays in an application; sealed in with the text."""

    DRIVER = "driver"
    CREW = "crew"
    OWNER = "owner"


class Purpose(StrEnum):
    """Why somebody reads what is sealed; it stands in the audited event."""

    REVIEW = "review"
    PRINT = "print"
    CONTACT = "contact"
    INSPECTION = "inspection"
    RENEWAL = "renewal"


class Lost(StrEnum):
    """Why what was sealed cannot be read; damage is never called erasure."""

    ERASED = "erased"
    UNREADABLE = "unreadable"


class VaultHealth(msgspec.Struct, frozen=True):
    """`is_locked`: nothing can be sealed or read, for the master key is missing."""

    is_locked: bool
    is_rotation_due: bool


class OwnerKind(StrEnum):
    ORGANISATION = "organisation"
    PERSON = "person"


class DocumentKind(StrEnum):
    """申请表, 驾驶证, 行驶证, 随车人员身份证, and what else is asked for."""

    APPLICATION_FORM = "application_form"
    DRIVING_LICENCE = "driving_licence"
    VEHICLE_LICENCE = "vehicle_licence"
    CREW_ID = "crew_id"
    OTHER = "other"


class MediaType(StrEnum):
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


class GoodsCategory(StrEnum):
    FRESH = "fresh"
    FOOD = "food"
    MEDICAL = "medical"
    LIVING = "living"
    FARMING = "farming"
    ENERGY = "energy"
    INDUSTRIAL = "industrial"
    OTHER = "other"


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed file in the document store: SHA-256 of its sealed bytes."""

    kind: DocumentKind
    hash: Digest
    media_type: MediaType


class Uploaded(msgspec.Struct, frozen=True):
    """A document in the store; `organisation` is whose it is, empty for staff's."""

    media_type: MediaType
    organisation: str
    uploaded_time: datetime


Escorts = Annotated[tuple[SealedPerson, ...], Meta(max_length=20)]
Documents = Annotated[tuple[Document, ...], Meta(max_length=20)]
