"""What can be wrong with something sealed; erasure is one case, never damage."""

from eventsourcing.persistence import OperationalError


class VaultError(OperationalError):
    """The vault did not do it, now; `code`, wait and words tell the sender."""

    code = "vault-unavailable"
    retry_after_seconds = 5
    told = "The keys of personal data cannot be used now; try again"


class VaultLockedError(VaultError):
    """The KEK that wraps the keys is not in the secrets folder."""

    code = "vault-locked"
    retry_after_seconds = 60


class StaleKekError(VaultError):
    """Another KEK has become current meanwhile: wrap anew and try again."""


class FollowsError(VaultError):
    """The keys are those of a cluster, and this process does not follow it."""

    code = "vault-follows"


class LostError(Exception):
    """It cannot be read, and never will be."""


class ErasedError(LostError):
    """The subject was erased: its key is gone for ever, and no new one is made."""


class KeyUnknownError(LostError):
    """No key was ever stored for the subject: keys.db is not that of this log."""


class SealBrokenError(LostError):
    """Damaged, or moved from another subject or field; this is not an erasure."""
