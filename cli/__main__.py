"""`python -m cli`: the same as `greenchannel`."""

from cli.main import app

app()
