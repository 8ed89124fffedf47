"""One defence of docs/threats.md taken away at a time: its test must go red."""
