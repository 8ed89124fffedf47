"""A PostgreSQL of its own for a benchmark, started as a user without rights."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from infra.kafka_broker.cluster import free_ports

HELP = "PostgreSQL is missing; on Debian: apt install postgresql"


class PostgresMissingError(RuntimeError):
    """What this machine lacks."""


@contextmanager
def postgres():
    """The environment of the library's own factory; raises PostgresMissingError."""
    programs = find_programs()
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        user = owner_of(folder)
        common = {"check": True, "capture_output": True, "user": user, "cwd": folder}
        data = folder / "data"
        init = [programs / "initdb", "-D", data, "-U", "bench", "-A", "trust"]
        subprocess.run([*init, "--encoding=UTF8", "--locale=C"], **common)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        control = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        subprocess.run([*control, "-o", options, "start"], **common)
        try:
            yield {
                "POSTGRES_DBNAME": "postgres",
                "POSTGRES_HOST": "127.0.0.1",
                "POSTGRES_PORT": str(port),
                "POSTGRES_USER": "bench",
                "POSTGRES_PASSWORD": "bench",
            }
        finally:
            subprocess.run([*control, "-m", "fast", "stop"], **common)


def find_programs():
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not versions:
        raise PostgresMissingError(HELP)
    return versions[-1].parent


def owner_of(folder):
    """PostgreSQL refuses to run as root: then it runs as its package's own user."""
    if os.geteuid():
        return None
    shutil.chown(folder, "postgres")
    return "postgres"
