"""The vault of personal data: its master key (KEK), and a copy of its keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import typer
from eventsourcing.persistence import PersistenceError

from cli.console import DEFAULT_DATA, Data, fail, say
from infra.clock import SystemClock
from infra.keys import open_keys
from infra.settings import Settings, kafka_from_environment
from infra.vault import (
    ROTATE_AFTER,
    KekFolder,
    Keyring,
    KeyStore,
    make_ready,
    nodes_without,
    rotate,
)

TELLING_SECONDS = 5.0
PAUSE_SECONDS = 0.2

vault = typer.Typer(no_args_is_help=True, help="Keys of personal data.")


@vault.command("rotate")
def rotate_kek(data: Data = DEFAULT_DATA) -> None:
    """Make a new KEK, wrap all keys anew, destroy the old; also beside the node.

    In a cluster every node must hold the new KEK first: it says where to copy it, and
    goes on when it is run again.
    """
    now = SystemClock()()
    with opened(data) as (store, keks):
        kek = make_ready(store, keks, now)
        if without := _still_without(store, kek.id, now):
            path = Settings(data=data).keks / kek.id
            fail(
                f"The next KEK is {path}. Copy it into secrets/kek of"
                f" {', '.join(without)}, then run this again"
            )
        done = rotate(store, keks, now)
    say(f"KEK {done.kek} wraps {done.keys} keys; {len(done.destroyed)} old destroyed")


@vault.command()
def status(data: Data = DEFAULT_DATA) -> None:
    """How old the KEK is, and how many it wraps; exit code 1 when rotation is due."""
    now = SystemClock()()
    with opened(data) as (store, keks):
        kek, counts = Keyring(store, keks).kek(), store.counts()
        without = nodes_without(store, kek.id, now)
    age = now - kek.made_time
    others = counts.living - counts.by_kek.get(kek.id, 0)
    say(f"KEK {kek.id}, {age.days} days old")
    say(f"{counts.living} keys, {counts.erased} erased")
    for node in without:
        say(f"It is not in secrets/kek of {node}")
    is_due = age >= ROTATE_AFTER or others > 0
    if others:
        say(f"{others} keys are under an older KEK: a rotation was cut short")
    if is_due:
        say("A rotation is due: greenchannel vault rotate")
        raise typer.Exit(1)


def _still_without(store: KeyStore, kek: str, now: datetime) -> list[str]:
    """Nodes that share one folder of secrets say within seconds that they hold it."""
    end = monotonic() + TELLING_SECONDS
    while (without := nodes_without(store, kek, now)) and monotonic() < end:
        sleep(PAUSE_SECONDS)
    return without


@vault.command()
def backup(target: Path, data: Data = DEFAULT_DATA) -> None:
    """Copy keys.db, also beside the node; it opens until the next rotation."""
    if target.exists():
        fail(f"{target} is there already")
    with opened(data) as (store, _):
        store.backup(target)
    target.chmod(0o600)
    say(f"{target}  {target.stat().st_size:,} B")


@contextmanager
def opened(data: Path) -> Iterator[tuple[KeyStore, KekFolder]]:
    settings = Settings(data=data, kafka=kafka_from_environment())
    if not settings.keys_db.exists():
        fail(f"There is no keys.db in {data}")
    try:
        store = open_keys(settings)
        try:
            yield store, KekFolder(settings.keks)
        finally:
            store.close()
    except PersistenceError as error:
        fail(str(error))
