"""`python -m infra.assets`: others' JavaScript from npm into web/dist, once per lock.

Node 20 or newer from PATH, else from its PyPI wheel, pinned by requirements-node.lock.
"""

import gzip
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parent.parent
WEB = ROOT / "web"
DIST = WEB / "dist"
STAMP = DIST / "built-from"
NODE = ROOT / "build" / "node"
OLDEST = 20
FILES = {
    "idb": ("build/index.js", "LICENSE"),
    "leaflet": ("dist/leaflet.js", "dist/leaflet.css", "dist/images", "LICENSE"),
    "zxing-wasm": (
        "dist/iife/reader/index.js",
        "dist/reader/zxing_reader.wasm",
        "LICENSE",
    ),
}
"""By package: what pages use, and the licence that travels with it."""
PACKED = {".js", ".css", ".wasm"}
"""Sent compressed, and compressed once."""


def build() -> bool:
    """Whether there was anything to do. Raises CalledProcessError where npm fails."""
    lock = (WEB / "package-lock.json").read_bytes()
    wanted = sha256(lock + Path(__file__).read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return False
    subprocess.run([*npm(), "ci"], cwd=WEB, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own lock
    shutil.rmtree(DIST, ignore_errors=True)
    for package, names in FILES.items():
        for name in names:
            _copy(
                WEB / "node_modules" / package / name, DIST / package / Path(name).name
            )
    for path in DIST.rglob("*"):
        if path.suffix in PACKED:
            packed = gzip.compress(path.read_bytes(), mtime=0)
            path.with_name(f"{path.name}.gz").write_bytes(packed)
    STAMP.write_text(wanted)
    return True


def npm() -> list[str]:
    """The command that runs npm."""
    if found := shutil.which("npm"):
        version = _said("node", "--version")
        if int((re.findall(r"\d+", version) or [0])[0]) >= OLDEST:
            return [found]
    _install_node()
    cli = next(NODE.rglob("npm-cli.js"))
    return [str(next(NODE.rglob("bin/node"))), str(cli)]


def _install_node() -> None:
    if any(NODE.rglob("npm-cli.js")):
        return
    print("greenchannel: fetching Node, which is not installed here", file=sys.stderr)  # noqa: T201 -- a step of the installation
    lock = ["--require-hashes", "-r", str(ROOT / "requirements-node.lock")]
    uv = shutil.which("uv")
    pip = [uv, "pip"] if uv else [sys.executable, "-m", "pip"]
    subprocess.run([*pip, "install", "-q", "--target", str(NODE), *lock], check=True)  # noqa: S603 -- pinned by hash


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 -- node --version
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


if __name__ == "__main__":
    build()
