"""How operators reach it: one file per command."""
