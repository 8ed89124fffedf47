"""The error tree. Codes are stable; the API maps the branches to a status.

* GreenChannelError
  + NotFoundError            {kind}-not-found: nothing there, or not yours to see
  + ForbiddenError           you may see it and may not do this
    - OwnOrganisationError
  + RefusedError             a request that a rule refuses
    - AlreadyExistsError     {kind}-exists
    - WrongStateError
    - VehicleHasPassError, IssuerBlockFullError, PassWindowError
    - PlateShapeError, CreditCodeError, PermitMissingError, OverloadedError
    - CrewExceedsSeatsError, CrewDiffersError, OwnerError, InspectionLapsedError
    - LicenceClassError, IdNumberError, ReturnWindowError, DeclarationMissingError
    - DocumentUnknownError, DocumentKindError
    - ShipmentOnRoadError, DatesError
    - InvitationSpentError, SecretMismatchError, ExpiredError
    - PublicKeyError, SigningKeyMissingError
  + UnreadableError          a report that cannot be taken at its word
    - TimeAheadError
  + KeyReusedError           an idempotency key with another body
"""

from typing import ClassVar


class GreenChannelError(Exception):
    """Base of every error raised on purpose; `details` go into the problem."""

    CODE: ClassVar[str] = "internal"

    def __init__(self, message: str, **details: str | int) -> None:
        super().__init__(message)
        self.code = self.CODE
        self.details = details


class NotFoundError(GreenChannelError):
    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"No {kind} {identifier}", id=identifier)
        self.code = f"{kind}-not-found"


class ForbiddenError(GreenChannelError):
    CODE = "forbidden"


class OwnOrganisationError(ForbiddenError):
    """Nobody decides an application of their own organisation."""

    CODE = "own-organisation"


class RefusedError(GreenChannelError):
    CODE = "refused"


class AlreadyExistsError(RefusedError):
    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"There is already a {kind} {identifier}", id=identifier)
        self.code = f"{kind}-exists"


class WrongStateError(RefusedError):
    """The subject's `state` (in the details) does not allow the request."""

    CODE = "wrong-state"

    def __init__(self, kind: str, state: str, wanted: str) -> None:
        super().__init__(f"The {kind} is {state}; to {wanted} it must not be")
        self.details = {"state": state}


class VehicleHasPassError(RefusedError):
    """One vehicle, one pass, one route (一车一证一线路)."""

    CODE = "vehicle-has-pass"


class IssuerBlockFullError(RefusedError):
    CODE = "issuer-block-full"


class PassWindowError(RefusedError):
    CODE = "pass-window"


class PlateShapeError(RefusedError):
    CODE = "plate-shape"


class CreditCodeError(RefusedError):
    """Not a unified social credit code (GB 32100-2015)."""

    CODE = "credit-code"


class PermitMissingError(RefusedError):
    """Above 4.5 t gross mass a road transport permit is needed (道路运输证)."""

    CODE = "permit-missing"


class OverloadedError(RefusedError):
    CODE = "overloaded"


class CrewExceedsSeatsError(RefusedError):
    CODE = "crew-exceeds-seats"


class CrewDiffersError(RefusedError):
    """The number of people and the people named do not agree."""

    CODE = "crew-differs"


class OwnerError(RefusedError):
    CODE = "owner"


class InspectionLapsedError(RefusedError):
    CODE = "inspection-lapsed"


class LicenceClassError(RefusedError):
    """The driver's licence is not for this kind of vehicle (准驾车型)."""

    CODE = "licence-class"


class IdNumberError(RefusedError):
    """The check character says that an ID number is not one (GB 11643)."""

    CODE = "id-number"


class ReturnWindowError(RefusedError):
    CODE = "return-window"


class DeclarationMissingError(RefusedError):
    CODE = "declaration-missing"


class DocumentUnknownError(RefusedError):
    """No such document was uploaded by this applicant, or it was deleted since."""

    CODE = "document-unknown"


class DocumentKindError(RefusedError):
    CODE = "document-kind"


class ShipmentOnRoadError(RefusedError):
    CODE = "shipment-on-road"


class DatesError(RefusedError):
    CODE = "dates"


class InvitationSpentError(RefusedError):
    CODE = "invitation-spent"


class SecretMismatchError(RefusedError):
    CODE = "secret-mismatch"


class ExpiredError(RefusedError):
    CODE = "expired"


class PublicKeyError(RefusedError):
    CODE = "public-key"


class NobodyToCopyError(RefusedError):
    """The application renews or replaces none, or its persons were erased."""

    CODE = "nobody-to-copy"


class SigningKeyMissingError(RefusedError):
    """Nobody here may sign for this issuer: an operator makes or brings a key."""

    CODE = "signing-key-missing"


class UnreadableError(GreenChannelError):
    CODE = "unreadable"


class TimeAheadError(UnreadableError):
    """Reported for a time over ten minutes ahead of the server."""

    CODE = "event-time-ahead"


class ZoneUnknownError(UnreadableError):
    CODE = "zone-unknown"


class KeyReusedError(GreenChannelError):
    CODE = "idempotency-key-reused"
