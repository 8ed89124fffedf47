"""The vault of personal data: its master key (KEK), and a copy of its keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from eventsourcing.persistence import PersistenceError

from cli.console import DEFAULT_DATA, Data, fail, say
from infra.clock import SystemClock
from infra.settings import Settings
from infra.vault import ROTATE_AFTER, KekFolder, Keyring, SqliteKeyStore, rotate

vault = typer.Typer(no_args_is_help=True, help="Keys of personal data.")


@vault.command("rotate")
def rotate_kek(data: Data = DEFAULT_DATA) -> None:
    """Make a new KEK, wrap all keys anew, destroy the old; also beside the node."""
    with _opened(data) as (store, keks):
        done = rotate(store, keks, SystemClock()())
    say(f"KEK {done.kek} wraps {done.keys} keys; {len(done.destroyed)} old destroyed")


@vault.command()
def status(data: Data = DEFAULT_DATA) -> None:
    """How old the KEK is, and how many it wraps; exit code 1 when rotation is due."""
    with _opened(data) as (store, keks):
        kek, counts = Keyring(store, keks).kek(), store.counts()
    age = SystemClock()() - kek.made_time
    others = counts.living - counts.by_kek.get(kek.id, 0)
    say(f"KEK {kek.id}, {age.days} days old")
    say(f"{counts.living} keys, {counts.erased} erased")
    is_due = age >= ROTATE_AFTER or others > 0
    if others:
        say(f"{others} keys are under an older KEK: a rotation was cut short")
    if is_due:
        say("A rotation is due: greenchannel vault rotate")
        raise typer.Exit(1)


@vault.command()
def backup(target: Path, data: Data = DEFAULT_DATA) -> None:
    """Copy keys.db, also beside the node; it opens until the next rotation."""
    if target.exists():
        fail(f"{target} is there already")
    with _opened(data) as (store, _):
        store.backup(target)
    target.chmod(0o600)
    say(f"{target}  {target.stat().st_size:,} B")


@contextmanager
def _opened(data: Path) -> Iterator[tuple[SqliteKeyStore, KekFolder]]:
    settings = Settings(data=data)
    if not settings.keys_db.exists():
        fail(f"There is no keys.db in {data}")
    store = SqliteKeyStore(settings.keys_db)
    try:
        yield store, KekFolder(settings.keks)
    except PersistenceError as error:
        fail(str(error))
    finally:
        store.close()
