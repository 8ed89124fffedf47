"""Personal texts and documents, sealed under a key each; without its key, gone.

It imports nothing else of this project but how to talk to Kafka, and that only in what
a cluster uses: `shared_store`, which is not imported here.
"""

from infra.vault.errors import (
    ErasedError,
    FollowsError,
    KeyUnknownError,
    LostError,
    SealBrokenError,
    VaultError,
    VaultLockedError,
)
from infra.vault.kek import KekFolder
from infra.vault.key_store import KeyStore, Wrapped
from infra.vault.keyring import Keyring, Sealed
from infra.vault.rotation import (
    ROTATE_AFTER,
    Rotated,
    make_ready,
    nodes_without,
    retire,
    rotate,
)
from infra.vault.sqlite_store import SqliteKeyStore

__all__ = [
    "ROTATE_AFTER",
    "ErasedError",
    "FollowsError",
    "KekFolder",
    "KeyStore",
    "KeyUnknownError",
    "Keyring",
    "LostError",
    "Rotated",
    "SealBrokenError",
    "Sealed",
    "SqliteKeyStore",
    "VaultError",
    "VaultLockedError",
    "Wrapped",
    "make_ready",
    "nodes_without",
    "retire",
    "rotate",
]
