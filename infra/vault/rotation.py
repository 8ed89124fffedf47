"""Rotation of the KEK: every living key is wrapped anew, then the old KEK is destroyed.

It may run beside nodes, and again after it was cut short: each step holds at any end.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.vault.kek import Kek, KekFolder
from infra.vault.key_store import KeyStore, Rewrapped
from infra.vault.keyring import unwrap, wrap

ROTATE_AFTER = timedelta(days=30)
"""The erasure horizon: so long can an old backup open what was erased since."""
AT_ONCE = 500


class Rotated(NamedTuple):
    kek: str
    keys: int
    destroyed: tuple[str, ...]


def rotate(store: KeyStore, keks: KekFolder, now: datetime) -> Rotated:
    """Raises VaultLockedError, before anything is destroyed, if a KEK is missing."""
    kek = keks.make(now)
    store.begin_kek(kek.id)
    count = _wrap_anew(store, keks, kek)
    store.purge()
    old = tuple(found for found in keks.ids() if found != kek.id)
    for each in old:
        keks.destroy(each)
    return Rotated(kek.id, count, old)


def _wrap_anew(store: KeyStore, keks: KekFolder, kek: Kek) -> int:
    """New keys are under the new KEK by now, so the rest only becomes less."""
    new = AESGCM(kek.key)
    count = 0
    while page := store.not_under(kek.id, AT_ONCE):
        ciphers = {w.kek: AESGCM(keks.read(w.kek).key) for _, w in page}
        changed = [
            Rewrapped(s, w, wrap(new, kek.id, s, unwrap(ciphers.__getitem__, s, w)))
            for s, w in page
        ]
        store.rewrap(changed)
        count += len(page)
    return count
