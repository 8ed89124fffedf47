"""The broker's jars: from KAFKA_HOME, or fetched once by Maven and checked."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
VERSION = "4.3.1"
JAVA_HELP = "Java 17 or newer is needed; on Debian: apt install openjdk-17-jre-headless"
MAVEN_HELP = (
    "Maven is needed once, to fetch Apache Kafka; on Debian: apt install maven."
    " Or unpack a release of kafka.apache.org and set KAFKA_HOME to its folder"
)


class BrokerMissingError(RuntimeError):
    """What this machine lacks to run a broker, and how to get it."""


def find_classpath() -> str:
    """What Java needs to run Kafka; raises BrokerMissingError."""
    if not shutil.which("java"):
        raise BrokerMissingError(JAVA_HELP)
    home = os.environ.get("KAFKA_HOME")
    if home:
        return _of_release(Path(home))
    folder = _cache()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _wrong(folder):
            _fetch(folder)
    return f"{folder}/*"


def _cache() -> Path:
    """Named by what is pinned, so that another release never meets this one."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "greenchannel" / f"kafka-{VERSION}"


def _of_release(home: Path) -> str:
    if not any((home / "libs").glob("kafka_*.jar")):
        msg = f"KAFKA_HOME is {home}, but {home / 'libs'} holds no Kafka"
        raise BrokerMissingError(msg)
    return f"{home / 'libs'}/*"


def _fetch(folder: Path) -> None:
    if not shutil.which("mvn"):
        raise BrokerMissingError(MAVEN_HELP)
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml")]
    command += ["dependency:copy-dependencies", "-DincludeScope=runtime"]
    command += [f"-DoutputDirectory={fresh}"]
    done = subprocess.run(  # noqa: S603 -- arguments of ours alone
        command, capture_output=True, text=True, check=False
    )
    if done.returncode:
        msg = f"Maven could not fetch Apache Kafka:\n{done.stdout[-2000:]}"
        raise BrokerMissingError(msg)
    wrong = _wrong(fresh)
    if wrong:
        msg = f"Not what jars.sha256 pins: {', '.join(sorted(wrong))}"
        raise BrokerMissingError(msg)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _wrong(folder: Path) -> set[str]:
    """Jars that are missing, changed, or not of the list."""
    lines = (line.split() for line in (HERE / "jars.sha256").read_text().splitlines())
    pinned = {name: digest for digest, name in lines}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("*.jar")
    }
    return {name for name, _ in pinned.items() ^ found.items()}
