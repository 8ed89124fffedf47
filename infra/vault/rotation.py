"""Rotation of the KEK: every living key is wrapped anew, then the old KEK is destroyed.

It may run beside nodes, and again after it was cut short: each step holds at any end.
Nodes of a cluster must hold the new KEK before it begins: `make_ready` makes it first.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.vault.errors import VaultLockedError
from infra.vault.kek import Kek, KekFolder
from infra.vault.key_store import KeyStore, Rewrapped
from infra.vault.keyring import unwrap, wrap

ROTATE_AFTER = timedelta(days=30)
"""The erasure horizon: so long can an old backup open what was erased since."""
PRESENT_WITHIN = timedelta(minutes=5)
"""A node of a cluster that was not heard for longer is not waited for."""
AT_ONCE = 500


class Rotated(NamedTuple):
    kek: str
    keys: int
    destroyed: tuple[str, ...]


def make_ready(store: KeyStore, keks: KekFolder, now: datetime) -> Kek:
    """The KEK that comes next: one that waits already, else a new one.

    Raises VaultLockedError where the current one is missing.
    """
    current = keks.read(store.current_kek())
    waiting = [kek for kek in _readable(keks) if kek.made_time > current.made_time]
    return max(waiting, key=lambda kek: kek.made_time, default=None) or keks.make(now)


def nodes_without(store: KeyStore, kek: str, now: datetime) -> list[str]:
    """Nodes of the cluster that could not open a key under it."""
    present = store.nodes(now - PRESENT_WITHIN)
    return sorted(name for name, held in present.items() if kek not in held)


def rotate(store: KeyStore, keks: KekFolder, now: datetime) -> Rotated:
    """Raises VaultLockedError, before anything is destroyed, if a KEK is missing."""
    kek = make_ready(store, keks, now)
    store.begin_kek(kek.id)
    count = _wrap_anew(store, keks, kek)
    store.purge()
    return Rotated(kek.id, count, retire(store, keks))


def retire(store: KeyStore, keks: KekFolder) -> tuple[str, ...]:
    """Destroy, in this node's folder, what came before and wraps nothing any more."""
    current = keks.read(store.current_kek())
    needed = {current.id, *store.counts().by_kek}
    old = tuple(
        kek.id
        for kek in _readable(keks)
        if kek.id not in needed and kek.made_time <= current.made_time
    )
    for each in old:
        keks.destroy(each)
    return old


def _readable(keks: KekFolder) -> Iterator[Kek]:
    for kek in keks.ids():
        with suppress(VaultLockedError):
            yield keks.read(kek)


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
