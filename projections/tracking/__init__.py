"""From fixes to a truck on its lane: believed, located, stopped, expected when."""
