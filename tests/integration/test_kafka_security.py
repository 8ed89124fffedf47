"""A broker that lets in only whom it knows, over TLS alone."""

import datetime as dt
import gc
import ipaddress
import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from eventsourcing.persistence import OperationalError, StoredEvent

from infra.event_store import Factory
from infra.kafka_broker import BrokerMissingError, Cluster, find_classpath

pytestmark = pytest.mark.integration
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"


def make_certificate(folder):
    """Its own authority; the file holds certificate and key, as Kafka reads PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "broker")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "ca.pem").write_bytes(pem)
    (folder / "broker.pem").write_bytes(private + pem)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    make_certificate(folder)
    protocols = "CONTROLLER:PLAINTEXT,CLIENT:SASL_SSL,INNER:PLAINTEXT"
    settings = {
        "listener.security.protocol.map": protocols,
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.client.plain.sasl.jaas.config": f'{LOGIN} user_node="secret";',
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "broker.pem"),
    }
    try:
        cluster = Cluster(find_classpath(), folder / "brokers", settings=settings)
    except BrokerMissingError as missing:
        pytest.skip(str(missing))
    cluster.start()
    yield {
        "ORIGINATOR_ID_TYPE": "text",
        "KAFKA_BOOTSTRAP_SERVERS": cluster.bootstrap,
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "PLAIN",
        "KAFKA_SASL_PLAIN_USERNAME": "node",
        "KAFKA_SASL_PLAIN_PASSWORD": "secret",
        "KAFKA_SSL_CAFILE": str(folder / "ca.pem"),
    }
    cluster.stop()


def test_a_node_with_the_right_word_and_authority_is_let_in(guarded, tmp_path):
    factory = Factory({**guarded, "EVENTS_DB": str(tmp_path / "events.db")})

    positions = factory.application_recorder().insert_events(
        [StoredEvent("a", 1, "topic", b"{}")]
    )

    assert positions == [1]
    factory.close()
    gc.collect()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"KAFKA_SASL_PLAIN_PASSWORD": "guessed"}, "Invalid username|disconnected"),
        ({"KAFKA_SSL_CAFILE": ""}, "CERTIFICATE_VERIFY_FAILED"),
        ({"KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"}, "Invalid frame|disconnected"),
    ],
)
def test_without_them_it_is_told_so_and_why(guarded, wrong, reason, tmp_path):
    at = {"EVENTS_DB": str(tmp_path / "events.db"), "KAFKA_START_SECONDS": "2"}
    factory = Factory({**guarded, **wrong, **at})

    with pytest.raises(OperationalError, match=r"Kafka at 127\.0\.0\.1") as refusal:
        factory.application_recorder()

    assert re.search(reason, str(refusal.value))
    assert "guessed" not in str(refusal.value)
    factory.close()
    gc.collect()
