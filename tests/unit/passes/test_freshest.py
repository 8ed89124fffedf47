"""The newest of something costly: asked for a position, it is never older."""

from time import monotonic

from infra.passes.freshest import Freshest, Made, Stamp


class Log:
    """How far it has come, and what was made from it: one costly, one cheap."""

    def __init__(self):
        self.position = 17
        self.costly = Freshest(self.stamp, self.make)
        self.cheap = Freshest(self.stamp, lambda _, wanted: self.costly.get(wanted))

    def stamp(self):
        return Stamp(self.position, 0)

    def make(self, _old, _at_least):
        return Made(self.stamp(), f"as of {self.position}")

    def rest(self):
        """What took a second is not made again for ten."""
        self.costly.get()
        self.costly._rests_until = monotonic() + 60


def test_each_call_is_made_for_the_position_that_it_asks_for():
    log = Log()
    log.cheap.get()
    log.rest()

    log.position = 20

    assert log.cheap.get(20) == (Stamp(20, 0), "as of 20")


def test_what_is_made_of_something_older_is_as_old():
    log = Log()
    log.rest()

    log.position = 20

    assert log.cheap.get() == (Stamp(17, 0), "as of 17")
    log.costly._rests_until = log.cheap._rests_until = 0.0
    assert log.cheap.get() == (Stamp(20, 0), "as of 20")
