"""`make mutants`: take each defence and each case away in a copy, see a test go red.

A mutant that its test does not notice survives, and the run fails.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.cases import cases
from tests.mutants.table import MUTANTS

ROOT = Path(__file__).parents[2]
QUIETLY = ("-x", "-q", "-p", "no:cacheprovider")
WORKERS = min(4, os.cpu_count() or 1)


def main(only):
    chosen = [m for m in (*MUTANTS, *cases()) if only in {"", str(m.threat)}]
    with (
        tempfile.TemporaryDirectory(prefix="mutants-") as folder,
        ThreadPoolExecutor(WORKERS) as pool,
    ):
        copies = SimpleQueue()
        for number in range(WORKERS):
            copies.put(copied(Path(folder) / str(number)))
        unharmed = tested(
            Path(folder) / "0", *sorted({t for m in chosen for t in m.tests})
        )
        if unharmed.returncode:
            sys.exit(f"red without any mutant:\n{unharmed.stdout[-2000:]}")
        tries = [pool.submit(noticed, copies, m) for m in chosen]
        survived = [one for one in tries if not one.result()]
    print(f"{len(chosen)} mutants, {len(survived)} survived")
    return 1 if survived else 0


def copied(folder):
    """What git tracks, and what the browser's parts were built into."""
    listed = ["git", "ls-files", "-co", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in names.stdout.splitlines():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, target)
    (folder / "web/dist").symlink_to(ROOT / "web/dist")
    return folder


def noticed(copies, mutant):
    """In whichever copy is free; it is whole again afterwards."""
    copy = copies.get()
    file = copy / mutant.file
    text = file.read_text("utf-8")
    file.write_text(mutant.changed(text), "utf-8")
    is_red = tested(copy, *mutant.tests).returncode in mutant.red
    file.write_text(text, "utf-8")
    copies.put(copy)
    verdict = "red" if is_red else "SURVIVED"
    print(f"{mutant.threat:>5}  {verdict:<8}  {mutant.defence}", flush=True)
    return is_red


def tested(copy, *tests):
    command = [sys.executable, "-m", "pytest", *QUIETLY, *tests]
    return subprocess.run(
        command, cwd=copy, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
