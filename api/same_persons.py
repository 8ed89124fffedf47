"""Persons of an earlier application, taken over by somebody who may not read them.

They are opened and sealed anew inside the node, under subjects of their own: so each
application's persons are kept and erased apart from the other's.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from api.services import Services
from domain.errors import NobodyToCopyError
from domain.events import PassRequested
from domain.named import named
from domain.papers import Lost, OwnerKind, Part, SealedPerson

Kept = Sequence[tuple[Part, SealedPerson]]


def earlier(
    services: Services, values: Mapping[str, Any], typed: Collection[Part]
) -> tuple[Kept, str]:
    """Whoever is not named anew, and the driver's class of licence.

    The draft names an application of the same organisation, or it was refused.
    """
    request = _request_before(services, values)
    if not values["same_persons"] or request is None:
        return (), ""
    wanted = {Part.DRIVER, Part.CREW}
    if values["owner_kind"] == OwnerKind.PERSON and request.plate == values["plate"]:
        wanted.add(Part.OWNER)
    kept = [
        (part, person)
        for part, person in named(request)
        if part in wanted and part not in typed
    ]
    return kept, "" if Part.DRIVER in typed else request.licence_class


def opened_again(services: Services, kept: Kept) -> list[tuple[Part, bytes]]:
    """Their texts, on the way to be sealed; raises NobodyToCopyError for one erased."""
    texts = []
    for part, person in kept:
        text = services.persons.reveal(person, part)
        if isinstance(text, Lost):
            msg = f"The {part} of the earlier application can no longer be read"
            raise NobodyToCopyError(msg, part=part, state=text)
        texts.append((part, text))
    return texts


def _request_before(
    services: Services, values: Mapping[str, Any]
) -> PassRequested | None:
    draft = services.application.state(f"pass:{values['pass_id']}")
    before = draft and (draft.renews or draft.replaces)
    found = before and services.application.state(f"pass:{before}")
    return found.request if found else None
