"""What an API key opens, and when it no longer does."""

from datetime import UTC, datetime, timedelta

import pytest
from limits import RateLimitItemPerMinute

from api import security
from api.security import hash_secret
from domain.application import Decided
from domain.events import KeyIssued
from domain.values import Role


def ask(client):
    return client.get("/v1/session")


def test_a_revoked_key_opens_nothing(served):
    firm = served.as_("firm", "ended")
    access_id = served.keys["firm-ended"].split("_")[1]
    assert ask(firm).status_code == 200

    path = f"/v1/keys/{access_id}/revocations"
    served.client("operator").post(path, json={"reason": "泄露"}).raise_for_status()

    assert (ask(firm).status_code, ask(firm).json()["code"]) == (401, "unauthenticated")


def test_a_coordinator_makes_no_reviewer_and_ends_no_operator(served):
    coordinator = served.as_("coordinator", "")
    operator = served.client("operator")
    operator_id = served.keys["operator"].split("_")[1]
    body = {"name": "x", "roles": ["reviewer"], "issuer": "county"}

    invited = coordinator.post("/v1/invitations", json=body)
    ended = coordinator.post(f"/v1/keys/{operator_id}/revocations", json={})

    for answer in (invited, ended):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert ask(operator).status_code == 200


def test_a_key_ends_with_its_time(served, monkeypatch):
    firm = served.as_("firm", "old")
    now = served.node.wall_clock()
    assert ask(firm).status_code == 200

    later = now + timedelta(days=366)
    monkeypatch.setattr(served.node, "wall_clock", lambda: later)

    assert ask(firm).status_code == 401


def test_of_a_key_only_the_hash_is_kept(served):
    served.as_("firm", "kept")
    secret = served.keys["firm-kept"].rpartition("_")[2].encode()
    folder = served.node.settings.data

    files = [file for file in folder.rglob("*") if file.is_file()]

    assert len(files) > 10
    assert [file.name for file in files if secret in file.read_bytes()] == []


def test_a_key_that_floods_is_told_to_slow_down(served, monkeypatch):
    monkeypatch.setattr(security, "REQUESTS", RateLimitItemPerMinute(5))
    flooding, other = served.as_("firm", "flood"), served.as_("firm", "calm")

    answers = [flooding.get("/v1/live-routes") for _ in range(7)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert "Retry-After" in answers[-1].headers
    assert other.get("/v1/live-routes").status_code == 200


def test_who_guesses_keys_is_slowed_down(served):
    """The last one here: this address has to wait afterwards."""
    served.as_("firm", "guessed")
    access_id = served.keys["firm-guessed"].split("_")[1]
    guesses = [f"Bearer gc_{access_id}_{n:048x}" for n in range(40)]

    answers = [
        served.client().get("/v1/session", headers={"Authorization": guess})
        for guess in guesses
    ]

    assert answers[0].status_code == 401
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (
        429,
        "too-many-tries",
    )


@pytest.mark.parametrize("zone", ["Mars/X", "Asia", "", "../../etc/passwd", "a\0b"])
@pytest.mark.parametrize("path", ["/v1/keys", "/v1/invitations"])
def test_an_unknown_zone_is_refused_where_access_is_given(served, path, zone):
    body = {"name": "x", "roles": ["coordinator"], "zone": zone}

    answer = served.client("operator").post(path, json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "zone-unknown")


def test_a_key_that_was_given_an_unknown_zone_before_still_opens(served):
    app, secret = served.node.application, "s" * 48
    event = KeyIssued(
        originator_id="access:martian",
        originator_version=1,
        secret_hash=hash_secret(secret),
        name="x",
        roles=(Role.COORDINATOR,),
        expires_time=datetime.max.replace(tzinfo=UTC),
        zone="Mars/X",
    )
    app.submit([Decided((event,))])[0].future.result()
    served.keys["martian"] = f"gc_martian_{secret}"

    assert served.client("martian").get("/v1/session").json()["id"] == "martian"
