"""Policies on a real store: what they want is carried out, in its order."""

import time
from datetime import UTC, datetime

import pytest

from domain import commands as c
from domain.application import GreenChannel
from domain.passages import POLICY
from domain.values import Direction
from infra import mapper
from infra.bootstrap import environment
from infra.policy_runner import PolicyRunner
from infra.settings import Settings

pytestmark = pytest.mark.integration
NOW = datetime(2020, 2, 16, 4, tzinfo=UTC)
POSTS = [f"CP{number}" for number in range(1, 13)]
PATIENCE_SECONDS = 20


@pytest.fixture
def application(tmp_path):
    made = GreenChannel(lambda: NOW, environment(Settings(data=tmp_path)))
    yield made
    made.close()


def tell_wait(application, post, minutes):
    application.handle(
        c.ReportWait(
            by=POLICY,
            fact_id=f"{post}-{minutes}",
            checkpoint=post,
            direction=Direction.OUTWARD,
            wait_minutes=minutes,
            event_time=NOW,
        )
    )


def test_an_alert_that_is_over_already_is_raised_and_then_resolved(application):
    for post in POSTS:
        tell_wait(application, post, 40)
        tell_wait(application, post, 3)
    recorder = application.recorder
    runner = PolicyRunner(application, recorder, mapper.decode, lambda: NOW, 0.3)
    runner.start()
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while runner.position < recorder.max_notification_id() or runner.waiting:
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        runner.stop()

    alerts = [
        application.state(f"alert:checkpoint-wait:{post}:20200216T0400")
        for post in POSTS
    ]
    assert all(alert and alert.is_resolved for alert in alerts)
