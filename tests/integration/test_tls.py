"""HTTPS by an authority of the node's own, as phones on a county's network see it."""

import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from infra import tls
from infra.tls import NotCoveredError, issue
from tests.serving import serving, url_of

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """`greenchannel tls` and `serve --tls`, as an operator types them."""
    folder = tmp_path_factory.mktemp("tls") / "data"
    cli = [sys.executable, "-m", "cli"]
    data = ["--data", str(folder)]
    made = [*cli, "tls", "10.11.12.13", "county.example", *data]
    told = subprocess.run(made, capture_output=True, text=True, check=True).stdout
    with serving(folder, "--tls"):
        yield folder, url_of(folder), told


def trusting(folder):
    return ssl.create_default_context(cafile=folder / "secrets" / "tls" / "ca.crt")


def test_who_trusts_the_authority_reaches_the_node(served):
    folder, url, _ = served

    with httpx.Client(base_url=url, verify=trusting(folder)) as client:
        assert url.startswith("https://127.0.0.1:")
        assert client.get("/health").json()["status"] == "ok"
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{url}/health")


def test_the_session_cookie_is_secure_and_the_command_line_goes_on(served):
    folder, url, _ = served
    words = ["access", "invite", "人", "--role", "checkpoint", "--checkpoint", "CP1"]
    words += ["--address", "https://10.11.12.13:8420", "--qr", "--data", str(folder)]
    command = [sys.executable, "-m", "cli", *words]

    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    link = told.splitlines()[0]
    access_id, _, secret = link.partition("#")[2].partition(".")
    with httpx.Client(base_url=url, verify=trusting(folder)) as client:
        body = {"secret": secret, "pin": "2468"}
        path = f"/v1/invitations/{access_id}/acceptances"
        cookie = client.post(path, json=body).headers["set-cookie"]

    assert link.startswith("https://10.11.12.13:8420/checkpoint#")
    assert "▄" in told
    assert "secure" in cookie.lower()


def test_the_page_shows_the_fingerprint_that_the_operator_saw(served):
    folder, url, told = served

    with httpx.Client(base_url=url, verify=trusting(folder)) as client:
        shown = client.get("/trust/fingerprint").json()["sha256"]
        sent = client.get("/trust/ca.crt")

    assert shown in told
    assert sent.headers["content-type"] == "application/x-x509-ca-cert"
    assert sent.content == (folder / "secrets" / "tls" / "ca.crt").read_bytes()
    assert b"PRIVATE" not in sent.content


def test_keys_are_the_owners_alone(tmp_path):
    files = issue(tmp_path / "tls", ["10.0.0.5"], NOW)

    modes = {f.name: f.stat().st_mode & 0o777 for f in (files.ca_key, files.node_key)}
    assert modes == {"ca.key": 0o600, "node.key": 0o600}
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700


def test_again_renews_the_certificate_and_keeps_the_authority(tmp_path):
    first = issue(tmp_path, ["10.0.0.5"], NOW)
    authority, node = first.ca.read_bytes(), first.node.read_bytes()

    again = issue(tmp_path, ["10.0.0.6"], NOW + timedelta(days=300))

    assert again.ca.read_bytes() == authority
    assert again.node.read_bytes() != node


def test_a_certificate_lasts_no_longer_than_phones_allow(tmp_path):
    files = issue(tmp_path, ["10.0.0.5"], NOW)

    node = x509.load_pem_x509_certificate(files.node.read_bytes())
    lasts = node.not_valid_after_utc - node.not_valid_before_utc
    assert lasts <= timedelta(days=398)
    assert node.not_valid_before_utc < NOW - timedelta(days=1)


def test_a_public_name_that_was_not_asked_for_at_first_is_refused(tmp_path):
    issue(tmp_path, ["county.example"], NOW)

    issue(tmp_path, ["node.county.example", "node.lan", "192.168.1.9"], NOW)
    with pytest.raises(NotCoveredError):
        issue(tmp_path, ["bank.example"], NOW)
    with pytest.raises(NotCoveredError):
        issue(tmp_path, ["8.8.8.8"], NOW)


def test_a_stolen_authority_cannot_pose_as_a_bank(tmp_path, monkeypatch):
    """OpenSSL itself refuses it: the constraint is in the certificate, not in us."""
    files = issue(tmp_path, ["county.example"], NOW)
    monkeypatch.setattr(tls, "_covers", lambda *_: True)
    issue(tmp_path, ["bank.example"], NOW)

    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake_hands(files, "bank.example")
    issue(tmp_path, ["county.example"], NOW)
    shake_hands(files, "county.example")


def shake_hands(files, name):
    """A TLS handshake in memory, from a client that trusts the authority."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.node, files.node_key)
    client = ssl.create_default_context(cafile=files.ca)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(down, up, server_hostname=name),
        server.wrap_bio(up, down, server_side=True),
    ]
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert ends[0].version() == "TLSv1.3"


def test_without_an_authority_there_is_nothing_to_fetch(tmp_path):
    command = [sys.executable, "-m", "cli", "serve", "--tls", "--data", str(tmp_path)]

    told = subprocess.run(command, capture_output=True, text=True)

    assert told.returncode == 2
    assert "greenchannel tls" in told.stderr


def test_the_authority_signs_itself_with_its_own_key(tmp_path):
    files = issue(tmp_path, ["10.0.0.5"], NOW)
    authority = x509.load_pem_x509_certificate(files.ca.read_bytes())
    key = serialization.load_pem_private_key(files.ca_key.read_bytes(), None)

    assert authority.public_key() == key.public_key()
    assert tls.fingerprint(files.ca).replace(":", "").lower() == (
        authority.fingerprint(hashes.SHA256()).hex()
    )
