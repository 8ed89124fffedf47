"""What commands say reaches the reader letter by letter."""

from cli.console import say


def test_a_fingerprint_is_printed_as_it_is(capsys):
    fingerprint = "02:B7:40:AB:CD:[D2]"

    say(fingerprint)

    assert capsys.readouterr().out == f"{fingerprint}\n"
