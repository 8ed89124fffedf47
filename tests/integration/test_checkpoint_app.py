import io
import json
import re

import pytest
from PIL import Image

HEADER = {"X-Greenchannel": "1"}


@pytest.fixture
def phone(served):
    """A browser that accepted a checkpoint's invitation."""
    body = {"name": "CP2 手机 A", "roles": ["checkpoint"], "checkpoint": "CP2"}
    link = served.client("operator").post("/v1/invitations", json=body).json()["link"]
    access_id, _, secret = link.partition("#")[2].partition(".")
    browser = served.client()
    path = f"/v1/invitations/{access_id}/acceptances"
    told = browser.post(path, json={"secret": secret, "pin": "2468"}, headers=HEADER)
    assert told.status_code == 201
    return browser, access_id, link


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def test_a_checkpoints_link_opens_the_app_and_enrols_a_device(phone, served):
    browser, access_id, link = phone

    me = browser.get("/v1/session").json()
    device = served.node.application.state(f"device:{access_id}")

    assert f"{served.url}/checkpoint#{access_id}." in link
    assert (me["id"], me["checkpoint"]) == (access_id, "CP2")
    assert device.checkpoint == "CP2"


def test_another_link_enrols_nothing(served):
    body = {"name": "人", "roles": ["coordinator"], "checkpoint": "CP2"}
    link = served.client("operator").post("/v1/invitations", json=body).json()["link"]
    access_id, _, secret = link.partition("#")[2].partition(".")
    path = f"/v1/invitations/{access_id}/acceptances"

    served.client().post(path, json={"secret": secret}, headers=HEADER)

    assert link.startswith(f"{served.url}/sign-in#")
    assert served.node.application.state(f"device:{access_id}") is None


def test_a_revoked_device_is_told_so_and_its_pin_opens_nothing(phone, served):
    browser, access_id, _ = phone
    coordinator = served.as_("coordinator", "")
    path = f"/v1/devices/{access_id}/revocations"

    coordinator.post(path, json={"reason": "遗失"}).raise_for_status()

    body = {"id": access_id, "pin": "2468"}
    again = served.client().post("/v1/session", json=body, headers=HEADER)
    assert code_of(browser.get("/v1/session")) == (401, "access-revoked")
    assert code_of(again) == (401, "access-revoked")


def test_a_revoked_link_is_told_apart_from_one_that_never_was(phone, served):
    browser, access_id, _ = phone
    path = f"/v1/keys/{access_id}/revocations"

    served.as_("coordinator", "").post(path, json={}).raise_for_status()

    wrong = {"id": access_id, "pin": "1111"}
    guessed = served.client().post("/v1/session", json=wrong, headers=HEADER)
    assert code_of(browser.get("/v1/session")) == (401, "access-revoked")
    assert code_of(guessed) == (401, "unauthenticated")


def test_only_this_page_may_use_the_camera_and_compile_wasm(served):
    client = served.client()

    page = client.get("/checkpoint")
    others = [client.get(path) for path in ("/", "/map", "/trust", "/sign-in")]

    assert "camera=(self)" in page.headers["permissions-policy"]
    assert "'wasm-unsafe-eval'" in page.headers["content-security-policy"]
    assert "'unsafe-eval'" not in page.headers["content-security-policy"]
    for other in others:
        assert "camera=()" in other.headers["permissions-policy"]
        assert "wasm" not in other.headers["content-security-policy"]


def test_everything_that_the_worker_keeps_is_there(served):
    client = served.client()
    worker = client.get("/checkpoint/worker.js")
    parts = json.loads(re.search(r"PARTS = (.*);", worker.text)[1])
    missing = [part for part in parts if client.get(part).status_code != 200]

    if missing == [part for part in parts if part.startswith("/dist/")]:
        pytest.skip("the pages' libraries are not built: python -m infra.assets")
    assert worker.headers["service-worker-allowed"] == "/checkpoint"
    assert "/modules/checkpoint/verdict.js" in parts
    assert "/modules/passes/cbor.js" in parts
    assert missing == []


def test_the_code_reader_travels_compressed(served):
    client = served.client()
    path = "/dist/zxing-wasm/zxing_reader.wasm"
    packed = client.get(path)
    if packed.status_code == 404:
        pytest.skip("the pages' libraries are not built: python -m infra.assets")

    plain = client.get(path, headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == "application/wasm"
    assert int(packed.headers["content-length"]) < 420_000
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


def test_home_screens_that_read_no_svg_get_pictures_of_the_sizes_promised(served):
    browser = served.client()
    icons = browser.get("/checkpoint/manifest.webmanifest").json()["icons"]
    pictures = [icon for icon in icons if icon["type"] == "image/png"]

    assert {icon["sizes"] for icon in pictures} == {"192x192", "512x512"}
    for icon in (*pictures, {"src": "/checkpoint/icon-180.png", "sizes": "180x180"}):
        drawn = Image.open(io.BytesIO(browser.get(icon["src"]).content))
        assert "{}x{}".format(*drawn.size) == icon["sizes"]
        assert len(drawn.getcolors(10**6)) > 2
    assert browser.get("/checkpoint/icon-7.png").status_code == 404
