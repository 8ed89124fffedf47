"""`make faults SECONDS=300 SEED=1`: faults for as long as wanted."""

import sys
import tempfile
import time
from pathlib import Path

from tests.faults.checker import Report
from tests.faults.cluster import Trial, brokers_in, end_orderly
from tests.faults.nemesis import Nemesis


def run(brokers, folder: Path, topic: str, seconds: float, seed: int) -> Report:
    trial = Trial(brokers, folder, topic, seed=seed)
    try:
        trial.start()
        nemesis = Nemesis(trial, seed)
        nemesis.start()
        time.sleep(seconds)
        nemesis.stop()
        print("faults:", dict(sorted(nemesis.did.items())), flush=True)
        return trial.finish()
    finally:
        trial.end()


def main(seconds: float, seed: int) -> int:
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    print(f"{seconds:g} seconds, seed {seed}, histories in {folder}", flush=True)
    with brokers_in(folder / "brokers") as brokers:
        report = run(brokers, folder / "nodes", "events", seconds, seed)
    for violation in report.violations[:20]:
        print(f"{violation.kind}: {violation.what}"[:1000])
    print(report.last_line())
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    end_orderly()
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
