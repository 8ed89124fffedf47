"""Documents in a bucket: moto's server speaks S3 over HTTP and checks signatures."""

import hashlib
import json
import logging
import socket
import threading
import time
from datetime import timedelta

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from infra.documents.bucket import Bucket, bucket_of
from infra.documents.s3_shelf import DocumentsUnavailableError, S3Shelf
from tests.integration.conftest import Served
from tests.integration.test_documents import (
    MARKER,
    PDF,
    look,
    requested,
    upload,
    uploaded,
)
from tests.integration.test_persons import DRIVER

pytestmark = pytest.mark.integration
NAMES = [hashlib.sha256(b"%d" % n).hexdigest() for n in range(4)]
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


class Store:
    """The server, a user whose key it knows, and what asks it without our code."""

    def __init__(self, folder):
        self.server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self.server.start()
        self.url = "http://{}:{}".format(*self.server.get_host_and_port())
        iam = self.client("iam", "any", "any")
        iam.create_user(UserName="node")
        iam.put_user_policy(
            UserName="node", PolicyName="all", PolicyDocument=json.dumps(POLICY)
        )
        made = iam.create_access_key(UserName="node")["AccessKey"]
        self.key_id, self.secret = made["AccessKeyId"], made["SecretAccessKey"]
        requests.post(f"{self.url}/moto-api/reset-auth", data=b"0", timeout=5)
        self.s3 = self.client("s3", self.key_id, self.secret)
        self.s3.create_bucket(Bucket="documents")
        self.secret_file = folder / "s3-secret"
        self.secret_file.write_text(f"{self.secret}\n")

    def client(self, service, key_id, secret):
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=self.url,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
        )

    def settings(self, **more):
        return {
            "DOCUMENTS_S3_URL": self.url,
            "DOCUMENTS_S3_BUCKET": "documents",
            "DOCUMENTS_S3_KEY_ID": self.key_id,
            "DOCUMENTS_S3_SECRET_FILE": str(self.secret_file),
        } | more

    def names(self):
        listed = self.s3.list_objects_v2(Bucket="documents").get("Contents", ())
        return {each["Key"] for each in listed}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = Store(tmp_path_factory.mktemp("s3"))
    yield made
    made.server.stop()


@pytest.fixture
def shelf(store):
    return S3Shelf(bucket_of(store.settings()))


@pytest.fixture(scope="module")
def served(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("node")
    made = Served(folder, object_store=store.settings())
    body = {"issuer": "county", "name": "county", "division_code": "370320"}
    body |= {"serial_from": 0, "serial_until": 99, "validity_days": 14}
    made.as_("admin").post("/v1/issuers", json=body).raise_for_status()
    yield made
    made.stop()


def test_what_is_put_is_there_whole_and_in_part_until_it_is_deleted(shelf, store):
    content = bytes(range(256)) * 100
    shelf.put(NAMES[0], content)
    shelf.put(NAMES[0], content)

    assert shelf.get(NAMES[0]) == content
    assert shelf.get(NAMES[0], 4096) == content[:4096]
    assert shelf.get(NAMES[0], 10**6) == content
    assert NAMES[0] in store.names()
    shelf.delete(NAMES[0])
    shelf.delete(NAMES[0])
    assert shelf.get(NAMES[0]) is None
    assert shelf.get(NAMES[0], 4096) is None


def test_an_empty_object_is_empty_and_not_missing(shelf):
    shelf.put(NAMES[1], b"")

    assert (shelf.get(NAMES[1]), shelf.get(NAMES[1], 10)) == (b"", b"")
    shelf.delete(NAMES[1])


def test_every_page_of_names_is_listed_and_what_is_not_ours_is_left_alone(
    shelf, store, monkeypatch
):
    for name in NAMES:
        shelf.put(name, b"x")
    store.s3.put_object(Bucket="documents", Key="backups/else.zip", Body=b"x")
    send, pages = shelf._send, []

    def two_at_once(method, name, params=None, **more):
        pages.append(params)
        few = params and params | {"max-keys": "2"}
        return send(method, name, params=few, **more)

    monkeypatch.setattr(shelf, "_send", two_at_once)

    assert set(shelf.names()) >= set(NAMES)
    assert "backups/else.zip" not in set(shelf.names())
    assert len(pages) >= 4
    for name in NAMES:
        shelf.delete(name)


def test_a_document_goes_its_whole_way_through_the_store(served, store):
    firm, reviewer = served.as_("firm"), served.as_("reviewer", "")
    name = uploaded(firm, PDF)
    requested(served, "one", ("application_form", name)).raise_for_status()

    assert look(reviewer, name).content == PDF
    kept = store.s3.get_object(Bucket="documents", Key=name)["Body"].read()
    assert hashlib.sha256(kept).hexdigest() == name
    assert MARKER not in kept
    assert not served.node.settings.documents.exists()


def test_the_sweep_and_an_erasure_delete_from_the_store(served, store):
    firm, node = served.as_("firm"), served.node
    swept, licence = uploaded(firm), uploaded(firm)
    told = ("driving_licence", licence)
    requested(served, "two", told, driver=DRIVER, declaration=True).raise_for_status()
    start = node.clock()
    node.keeper._clock = lambda: start + timedelta(hours=24.1)

    node.keeper.run()

    assert (swept in store.names(), licence in store.names()) == (False, True)
    path = "/v1/passes/two/erasures"
    done = served.as_("admin").post(path, json={}).json()
    assert (done["erased"], done["documents"]) == (1, 1)
    assert licence not in store.names()
    assert look(served.as_("reviewer", ""), licence).status_code == 410


@pytest.fixture
def gate(served, store, monkeypatch):
    """Between the node and the store; shut, nothing answers."""
    made = Gate(store.server.get_host_and_port()[1])
    shelf = served.node.documents._shelf
    bucket = shelf._bucket._replace(url=f"http://127.0.0.1:{made.port}")
    monkeypatch.setattr(served.node.documents, "_shelf", S3Shelf(bucket))
    yield made
    made.close()


class Gate:
    def __init__(self, behind):
        self.behind, self.is_open = behind, True
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if not self.is_open:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.behind))
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=pump, args=(one, other), daemon=True).start()

    def close(self):
        self.listener.close()


def pump(one, other):
    try:
        while data := one.recv(1 << 16):
            other.sendall(data)
    except OSError:
        pass
    finally:
        one.close()
        other.close()


def test_while_the_store_is_away_nothing_is_lost_and_all_is_said(served, gate, store):
    firm, reviewer, admin = (
        served.as_(*who) for who in (("firm",), ("reviewer", ""), ("admin",))
    )
    name = uploaded(firm, PDF)
    requested(served, "away", ("other", name), driver=DRIVER, declaration=True)
    gate.is_open = False
    served.node.documents._shelf._mine.__dict__.clear()

    answers = [
        upload(firm, PDF),
        look(reviewer, name),
        requested(served, "later", ("other", name)),
        admin.post("/v1/passes/away/erasures", json={}),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (
            503,
            "documents-unavailable",
        )
        assert int(answer.headers["Retry-After"]) >= 1
    assert name in store.names()
    gate.is_open = True
    assert upload(firm, PDF).status_code == 201
    told = reviewer.get("/v1/passes/away/persons").json()["persons"]
    assert [one["state"] for one in told] == ["erased"]
    served.node.keeper.run()
    assert name not in store.names()


def test_while_the_store_is_away_retention_erases_every_person(
    served, gate, store, monkeypatch
):
    firm, node = served.as_("firm"), served.node
    names = {p: uploaded(firm, PDF) for p in ("asked", "due-1", "due-2", "due-3")}
    for pass_id, name in names.items():
        told = {"driver": DRIVER, "declaration": True}
        requested(served, pass_id, ("other", name), **told).raise_for_status()
    over = node.clock() + timedelta(days=40)
    monkeypatch.setattr(node.keeper, "_clock", lambda: over)
    gate.is_open = False
    node.documents._shelf._mine.__dict__.clear()
    asked = served.as_("admin", "").post("/v1/passes/asked/erasures", json={})
    assert asked.status_code == 503

    away = node.keeper.run()

    reviewer = served.as_("reviewer", "")
    for pass_id in names:
        told = reviewer.get(f"/v1/passes/{pass_id}/persons").json()["persons"]
        assert [one["state"] for one in told] == ["erased"]
    assert away.documents == 0
    assert away.left >= len(names)
    gate.is_open = True
    assert node.keeper.run().left == 0
    assert not store.names() & set(names.values())


def test_an_application_without_documents_needs_no_store(served, gate):
    gate.is_open = False

    answer = requested(served, "plain", driver=DRIVER, declaration=True)

    assert answer.status_code == 201


def test_a_wrong_secret_or_bucket_is_said_at_the_start_and_never_printed(
    store, tmp_path, caplog
):
    wrong = tmp_path / "wrong"
    wrong.write_text("0" * 40)
    for more, told in (
        ({"DOCUMENTS_S3_SECRET_FILE": str(wrong)}, "403 SignatureDoesNotMatch"),
        ({"DOCUMENTS_S3_BUCKET": "absent"}, "404 NoSuchBucket"),
    ):
        shelf = S3Shelf(bucket_of(store.settings(**more)))
        with pytest.raises(ValueError, match=told), caplog.at_level(logging.DEBUG):
            shelf.check()
        with pytest.raises(DocumentsUnavailableError, match=told):
            shelf.get(NAMES[0])
        with pytest.raises(DocumentsUnavailableError, match=told):
            shelf.put(NAMES[0], b"x")

    assert store.secret not in caplog.text
    assert store.secret not in repr(bucket_of(store.settings()))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"DOCUMENTS_S3_BUCKET": ""}, "DOCUMENTS_S3_BUCKET must be set"),
        ({"DOCUMENTS_S3_URL": "http://id:hidden@host"}, "without a key"),
        ({"DOCUMENTS_S3_URL": "ftp://host"}, "http"),
        ({"DOCUMENTS_S3_SECRET_FILE": "/nowhere/at/all"}, "cannot be read"),
    ],
)
def test_settings_that_are_wrong_are_named(store, more, told):
    with pytest.raises(ValueError, match=told) as error:
        bucket_of(store.settings(**more))

    assert "hidden" not in str(error.value)


def test_a_store_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr("infra.documents.s3_shelf.ANSWER_SECONDS", 0.2)
    silent = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    start = time.monotonic()

    with pytest.raises(DocumentsUnavailableError, match="ReadTimeout"):
        S3Shelf(Bucket(url, "documents", "id", "secret")).get(NAMES[0])

    assert time.monotonic() - start < 30
    silent.close()
