"""`make mutants`: take each defence away in a copy of the project, see its test go red.

A mutant that its test does not notice survives, and the run fails.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants.table import MUTANTS

ROOT = Path(__file__).parents[2]
QUIETLY = ("-x", "-q", "-p", "no:cacheprovider")


def main(only):
    chosen = [m for m in MUTANTS if only in {"", str(m.threat)}]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = copied(Path(folder))
        for test in sorted({m.test for m in chosen}):
            if not is_green(copy, test):
                sys.exit(f"{test} is red without any mutant")
        survived = [m for m in chosen if not noticed(copy, m)]
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


def noticed(copy, mutant):
    file = copy / mutant.file
    text = file.read_text("utf-8")
    file.write_text(text.replace(mutant.old, mutant.new), "utf-8")
    is_red = not is_green(copy, mutant.test)
    file.write_text(text, "utf-8")
    verdict = "red" if is_red else "SURVIVED"
    print(f"{mutant.threat:>2}  {verdict:<8}  {mutant.defence}", flush=True)
    return is_red


def is_green(copy, test):
    command = [sys.executable, "-m", "pytest", *QUIETLY, test]
    ran = subprocess.run(command, cwd=copy, capture_output=True, check=False)
    return ran.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
