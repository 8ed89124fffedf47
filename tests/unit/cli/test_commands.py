"""What help lists is there, and a command brings in no other's modules."""

import subprocess
import sys

from typer.testing import CliRunner

from cli.main import COMMANDS, app


def test_help_names_every_command_with_what_it_does():
    told = CliRunner().invoke(app, ["--help"])

    assert told.exit_code == 0, told.output
    assert all(f" {name} " in told.output for name in COMMANDS)


def test_what_does_not_exist_is_refused_in_words():
    told = CliRunner().invoke(app, ["nonsense"])

    assert told.exit_code == 2
    assert "nonsense" in told.output


def test_a_small_command_starts_without_the_large_ones():
    code = (
        "import sys; from typer.testing import CliRunner; from cli.main import app;"
        "assert CliRunner().invoke(app, ['vault', '--help']).exit_code == 0;"
        "print(*sorted(sys.modules))"
    )
    command = [sys.executable, "-c", code]

    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "cli.vault" in loaded.split()
    assert not {"cli.demo", "cli.kafka", "api.app", "geopy"} & set(loaded.split())
