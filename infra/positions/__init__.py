"""Where trucks were in the last seven days: positions are no events."""

from infra.positions.positions import Positions as Positions
