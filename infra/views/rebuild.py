"""`python -m infra.views.rebuild EVENTS_DB VIEWS NAME`: one read model from the log.

A process of its own, reading beside whoever writes; the new file takes the place of
the old one when it has caught up.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra import mapper
from infra.event_store import Reader
from infra.views.folder import delete, view_path
from infra.views.history import History
from infra.views.view import SqliteView
from projections import READ_MODELS
from projections.model import Fold

PAGE = 5000


def rebuild(
    events_db: Path,
    folder: Path,
    model: Fold[Any],
    progress: Callable[[int], None] = lambda _: None,
) -> Path:
    """The path of the finished file."""
    folder.mkdir(parents=True, exist_ok=True)
    target = view_path(folder, model)
    fresh = target.with_suffix(".new")
    delete(fresh)
    reader = Reader(events_db)
    view = SqliteView(fresh, model, History(reader, mapper.decode), is_durable=False)
    view.start(reader.identity())
    while page := reader.page(view.position, PAGE):
        view.apply([(row[0], mapper.decode(row[3], row[4])) for row in page])
        progress(view.position)
    view.finish()
    reader.close()
    delete(target)
    fresh.rename(target)
    return target


def main(events_db: str, folder: str, name: str) -> None:
    (model,) = (found for found in READ_MODELS if found.name == name)
    rebuild(Path(events_db), Path(folder), model)


if __name__ == "__main__":
    main(*sys.argv[1:])
