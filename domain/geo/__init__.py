"""Points on the ground: datums, distances in a flat frame, nothing that moves."""
