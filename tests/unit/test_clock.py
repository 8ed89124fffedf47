"""A simulated clock never goes back, whoever drives it."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from time import sleep

from infra.clock import SimulatedClock

START = datetime(2020, 2, 16, tzinfo=UTC)


class Slow(datetime):
    """A moment that takes its time to be compared: the other drive comes between."""

    def __gt__(self, other):
        sleep(0.02)
        return super().__gt__(other)

    def __lt__(self, other):
        sleep(0.02)
        return super().__lt__(other)

    def astimezone(self, _tz=None):
        return self


def test_two_drives_at_once_leave_the_clock_at_the_later_moment():
    hours = [timedelta(hours=count) for count in (1, 9, 2, 8, 3, 7)]
    clock, together = SimulatedClock(START, speed=0), Barrier(len(hours))

    def drive(ahead):
        moment = START + ahead
        together.wait()
        clock.advance_to(Slow(*moment.timetuple()[:6], tzinfo=UTC))

    threads = [Thread(target=drive, args=(ahead,)) for ahead in hours]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert clock() == START + max(hours)
