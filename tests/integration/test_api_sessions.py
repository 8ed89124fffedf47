import pytest

from api import session

HEADER = {"X-Greenchannel": "1"}


@pytest.fixture
def invited(served):
    """A browser that has just opened an invitation's link."""
    body = {"name": "协调员", "roles": ["coordinator"]}
    link = served.client("operator").post("/v1/invitations", json=body).json()["link"]
    access_id, _, secret = link.partition("#")[2].partition(".")
    return served.client(), access_id, secret


def accept(invited, pin="1234"):
    browser, access_id, secret = invited
    path = f"/v1/invitations/{access_id}/acceptances"
    return browser.post(path, json={"secret": secret, "pin": pin}, headers=HEADER)


def test_an_invitation_enrols_one_browser(invited, served):
    browser, access_id, secret = invited

    answer = accept(invited)

    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 201
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert secret not in cookie
    assert browser.get("/v1/session").json()["roles"] == ["coordinator"]
    assert accept((served.client(), access_id, secret)).json()["code"] == (
        "invitation-spent"
    )


def test_a_wrong_secret_opens_nothing(invited):
    browser, access_id, _ = invited

    answer = accept((browser, access_id, "0" * 48))

    assert answer.json()["code"] == "secret-mismatch"
    assert browser.get("/v1/session").json()["code"] == "unauthenticated"


def test_a_browsers_write_needs_the_header(invited):
    browser = invited[0]
    accept(invited)
    body = {"lane": "h", "name": "h", "waypoints": []}

    without = browser.post("/v1/lanes", json=body)
    with_it = browser.post("/v1/lanes", json=body, headers=HEADER)

    assert without.json()["code"] == "header-missing"
    assert with_it.status_code == 201


def test_a_tampered_cookie_opens_nothing(invited):
    browser = invited[0]
    accept(invited)
    value = browser.cookies[session.COOKIE]
    for spoilt in (value[:-1] + ("0" if value[-1] != "0" else "1"), "x", "x.y", "."):
        browser.cookies.clear()
        browser.cookies.set(session.COOKIE, spoilt)
        assert browser.get("/v1/session").status_code == 401


def test_a_session_ends_after_twelve_hours(served, invited):
    accept(invited)
    old = served.node.wall_clock() - session.LIFETIME
    cookie = session.seal(invited[1], old, served.node.session_secret)
    browser = served.client()
    browser.cookies.set(session.COOKIE, cookie)

    assert browser.get("/v1/session").json()["code"] == "session-ended"


def test_a_pin_reopens_and_five_wrong_ones_stop(invited, served):
    browser, access_id, _ = invited
    accept(invited)
    browser.cookies.clear()
    reopen = {"id": access_id, "pin": "1234"}

    assert browser.post("/v1/session", json=reopen).status_code == 201
    codes = [
        served.client()
        .post("/v1/session", json=reopen | {"pin": "9999"})
        .json()["code"]
        for _ in range(6)
    ]

    assert codes[:4] == ["unauthenticated"] * 4
    assert codes[-1] == "too-many-tries"


def test_a_revoked_invitation_ends_its_sessions(invited, served):
    browser, access_id, _ = invited
    accept(invited)

    path = f"/v1/keys/{access_id}/revocations"
    served.client("operator").post(path, json={"reason": "手机遗失"})

    assert browser.get("/v1/session").status_code == 401


def test_signing_out_ends_it_in_this_browser(invited):
    browser = invited[0]
    accept(invited)

    browser.delete("/v1/session", headers=HEADER)

    assert browser.get("/v1/session").status_code == 401


def test_a_coordinator_invites_no_administrator(invited):
    accept(invited)
    body = {"name": "x", "roles": ["admin"]}

    answer = invited[0].post("/v1/invitations", json=body, headers=HEADER)

    assert answer.json()["code"] == "forbidden"


def test_a_key_without_its_secret_opens_nothing(served):
    served.as_("firm")
    access_id = served.keys["firm-firm"].split("_")[1]
    for token in (f"gc_{access_id}_wrong", "gc__", "nonsense", f"gc_{access_id}"):
        headers = {"Authorization": f"Bearer {token}"}
        answer = served.client().get("/v1/live-routes", headers=headers)
        assert answer.status_code in {401, 429}
