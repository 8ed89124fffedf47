"""The views of a data folder: opened where they fit the log, made anew where not."""

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from infra.views.history import History, Mark, fingerprint
from infra.views.queries import SCHEMA
from infra.views.view import SqliteView
from projections.model import Fold

_log = logging.getLogger(__name__)


def open_views(
    folder: Path, models: Iterable[Fold[Any]], history: History
) -> Mapping[str, SqliteView]:
    """Views by name; a file of another log, history or version is deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    models = tuple(models)
    wanted = {view_path(folder, model) for model in models}
    for left in set(folder.glob("*-*.db")) - wanted:
        delete(left)
    return {model.name: open_view(folder, model, history) for model in models}


def rebuild_apart(events_db: Path, folder: Path, name: str) -> None:
    """Rebuild a read model in a process of its own; nobody may have it open."""
    command = [sys.executable, "-m", "infra.views.rebuild"]
    command += [str(events_db), str(folder), name]
    subprocess.run(command, check=True)  # noqa: S603 -- our own module


def open_view(folder: Path, model: Fold[Any], history: History) -> SqliteView:
    path = view_path(folder, model)
    if path.exists() and (found := _still_good(path, model, history)):
        return found
    delete(path)
    view = SqliteView(path, model, history)
    view.start(history.identity())
    return view


def _still_good(path: Path, model: Fold[Any], history: History) -> SqliteView | None:
    """None for a file of another log or history, or one that is no database."""
    try:
        view = SqliteView(path, model, history)
        if _fits(view.mark(), history):
            return view
        view.close()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        _log.exception("%s is damaged and made anew", path)
    return None


def view_path(folder: Path, model: Fold[Any]) -> Path:
    return folder / f"{model.name}-{schema_digest(model)}.db"


def schema_digest(model: Fold[Any]) -> str:
    """Rows or tables of another shape live in another file."""
    schema = msgspec.json.encode(msgspec.json.schema(model.row))
    return blake2b(schema + SCHEMA.encode(), digest_size=6).hexdigest()


def delete(path: Path) -> None:
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        name.unlink(missing_ok=True)


def _fits(mark: Mark, history: History) -> bool:
    """Whether the log is the one that was followed, and still holds what was."""
    if mark.identity != history.identity():
        return False
    if mark.position == 0:
        return True
    found = history.at([mark.position])
    return bool(found) and fingerprint(found[0][1]) == mark.last_event
