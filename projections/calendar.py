"""The county's day: dates and cut-offs are those of Asia/Shanghai."""

from datetime import date, datetime, time, timedelta

from domain.zones import COUNTY

CUT_OFF = time(16, 0)


def local_day(moment: datetime) -> date:
    return moment.astimezone(COUNTY).date()


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), COUNTY)


def cut_off_of(day: date) -> datetime:
    """The figures of a day are reported as they stand at 16:00."""
    return datetime.combine(day, CUT_OFF, COUNTY)


def end_of(day: date) -> datetime:
    return start_of(day + timedelta(days=1)) - timedelta(microseconds=1)
