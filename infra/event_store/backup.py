"""A whole, compact copy of a running node's events.db: the snapshot to start from."""

import sqlite3
from pathlib import Path


def backup(path: Path, target: Path) -> None:
    """VACUUM INTO; raises FileExistsError rather than write over anything."""
    if target.exists():
        msg = f"{target} exists"
        raise FileExistsError(msg)
    source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        source.execute("VACUUM INTO ?", (str(target),))
    finally:
        source.close()
