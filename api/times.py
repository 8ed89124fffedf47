"""Times on the wire: RFC 3339 with an offset, or the sender's zone for facts."""

from datetime import datetime

from api.problems import Problem


def moment(text: str, name: str) -> datetime:
    """Raises Problem `time-without-offset` or `invalid-parameter`."""
    try:
        time = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        detail = f"{name} is no RFC 3339 time"
        raise Problem(422, "invalid-parameter", detail, name=name) from error
    if time.tzinfo is None:
        raise without_offset(name)
    return time


def without_offset(name: str) -> Problem:
    detail = f"{name} needs an offset, as 2020-02-16T05:55:00+08:00"
    return Problem(422, "time-without-offset", detail, name=name)
