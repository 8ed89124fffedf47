"""One defence of docs/threats.md, or one case of a decision, taken away at a time."""
