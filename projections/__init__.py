"""What it looks like, now or then: one file per read model."""
