#!/bin/sh
# Makes the virtual environment in $VENV from $LOCK: with uv, else with pip.
set -eu
say() { echo "greenchannel: $*" >&2; }

if command -v uv >/dev/null 2>&1; then
    [ -x "$VENV/bin/python" ] || uv venv -q --python ">=3.11" "$VENV"
    uv pip sync -q --python "$VENV/bin/python" --require-hashes "$LOCK"
    uv pip install -q --python "$VENV/bin/python" --no-build-isolation --no-deps -e .
    "$VENV/bin/python" -m infra.assets
    exit 0
fi

PYTHON=${PYTHON:-python3}
command -v "$PYTHON" >/dev/null 2>&1 || {
    say "Python 3.11 or newer is needed and $PYTHON was not found."
    exit 1
}
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Python 3.11 or newer is needed; this is $("$PYTHON" -V). Set PYTHON=…"
    exit 1
}
if [ ! -x "$VENV/bin/python" ]; then
    "$PYTHON" -m venv "$VENV" || {
        rm -rf "$VENV"
        say "The venv module is missing; on Debian and Ubuntu: apt install python3-venv"
        exit 1
    }
fi
say "installing what $LOCK pins"
"$VENV/bin/python" -m pip install -q --require-hashes -r "$LOCK"
"$VENV/bin/python" -m pip install -q --no-build-isolation --no-deps -e .
"$VENV/bin/python" -m infra.assets
