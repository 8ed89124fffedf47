"""Documents that a body names by hash: there, and the applicant's to name."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from api.reaching import reach_newest
from api.services import Services
from domain.errors import DocumentUnknownError, NotFoundError
from domain.papers import Document
from projections.model import Moment

NAMED_WITHIN = timedelta(hours=23)
"""An application names a document by then; the sweep comes after 24 hours."""


def find_documents(
    services: Services, values: Mapping[str, Any]
) -> tuple[Document, ...]:
    """Those that the body names.

    Raises NotFoundError for an unknown pass, DocumentUnknownError for one not theirs.
    """
    a_pass = services.application.state(f"pass:{values['pass_id']}")
    if a_pass is None:
        raise NotFoundError("pass", values["pass_id"])
    return tuple(
        _found(services, named, a_pass.organisation) for named in values["documents"]
    )


def _found(services: Services, named: Any, organisation: str) -> Document:
    header = services.documents.find(named.hash)
    is_theirs = header is not None and header.organisation in {"", organisation}
    if header is None or not is_theirs:
        msg = "There is no such document of this applicant; upload it again"
        raise DocumentUnknownError(msg, hash=named.hash)
    is_fresh = services.clock() - header.uploaded_time <= NAMED_WITHIN
    if not (is_fresh or naming(services, named.hash)):
        msg = "It was uploaded too long ago and is about to go; upload it again"
        raise DocumentUnknownError(msg, hash=named.hash)
    return Document(named.kind, named.hash, header.media_type)


def naming(services: Services, name: str) -> list[str]:
    """The applications that name it, the newest first, once the view has them all."""
    reach_newest(services, ["papers"])
    row = services.views["papers"].row(name, Moment())
    return list(reversed(row.passes)) if row else []
