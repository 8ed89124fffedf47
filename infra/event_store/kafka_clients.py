"""How we talk to Kafka: one set of settings for producers, consumers, admins.

No idempotent producer: kafka-python 3.0's never recovers from an outage longer than its
delivery timeout, and `(writer, seq)` in the frame does its work.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import sleep
from typing import Any

from eventsourcing.persistence import OperationalError
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from infra.event_store.kafka_reach import impatient_client
from infra.event_store.patience import bounded, start_seconds

REQUEST_MS = 4000
DELIVERY_MS = 8000
BLOCK_MS = 5
ATTEMPTS = 100
PAUSE_SECONDS = 0.05
LARGEST_REQUEST = 1 << 20
FETCH_BYTES = 8 << 20
PASSED = (
    "security_protocol",
    "ssl_cafile",
    "ssl_certfile",
    "ssl_keyfile",
    "ssl_password",
    "ssl_crlfile",
    "ssl_ciphers",
    "sasl_mechanism",
    "sasl_plain_username",
    "sasl_plain_password",
    "sasl_kerberos_name",
    "sasl_kerberos_service_name",
    "sasl_kerberos_domain_name",
)
"""Settings of kafka-python that KAFKA_… in capitals hands through."""


Setting = Callable[[str], str | None]
"""A setting's value by its name in the environment."""


class Clients:
    """Makes clients of one cluster; says where it is when it does not answer."""

    def __init__(self, setting: Setting) -> None:
        """KAFKA_BOOTSTRAP_SERVERS says where; KAFKA_… whatever TLS and SASL need."""
        self.bootstrap = setting("KAFKA_BOOTSTRAP_SERVERS") or ""
        passed = {name: setting(f"KAFKA_{name.upper()}") for name in PASSED}
        self._common: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap.split(","),
            "request_timeout_ms": REQUEST_MS,
            "reconnect_backoff_max_ms": 500,
            "kafka_client": impatient_client,
            "bootstrap_timeout_ms": min(10_000, int(1000 * start_seconds(setting))),
            **{name: value for name, value in passed.items() if value},
        }

    @bounded
    def producer(self, topic: str, **settings: Any) -> Any:
        """One that knows the topic already.

        `send` gives up at once rather than hold up its thread, which may be the tail's.
        """
        with self.answering():
            producer = KafkaProducer(
                **self._common,
                acks="all",
                enable_idempotence=False,
                max_block_ms=BLOCK_MS,
                max_request_size=LARGEST_REQUEST,
                delivery_timeout_ms=DELIVERY_MS,
                allow_auto_create_topics=False,
                metrics_enabled=False,
                **settings,
            )
            _wait_for_topic(producer, topic)
            return producer

    @bounded
    def consumer(
        self, fetch_bytes: int = FETCH_BYTES, reset: str = "none", **settings: Any
    ) -> Any:
        """No group, nothing committed; out of range must never skip history."""
        with self.answering():
            return KafkaConsumer(
                **self._common,
                auto_offset_reset=reset,
                enable_auto_commit=False,
                fetch_min_bytes=1,
                max_partition_fetch_bytes=fetch_bytes,
                allow_auto_create_topics=False,
                metrics_enabled=False,
                **settings,
            )

    @contextmanager
    def admin(self) -> Iterator[Any]:
        """Raises OperationalError where Kafka does not answer."""
        with self.answering():
            admin = self.lasting_admin()
            try:
                yield admin
            finally:
                admin.close()

    def lasting_admin(self) -> Any:
        """One to keep, and to close; raises as `admin` does."""
        with self.answering():
            return KafkaAdminClient(**self._common)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Kafka's errors become OperationalError, and name the cluster."""
        _reason.first = ""
        try:
            yield
        except KafkaError as error:
            told = str(error)
            why = "" if _reason.first in told else f" ({_reason.first})"
            msg = f"Kafka at {self.bootstrap}: {told}{why}"
            raise OperationalError(msg) from error


class _Reason(logging.Handler):
    """Why nobody could be reached (a word, an authority): told to the log alone.

    The first reason counts: the last may be that the time was over.
    """

    first = ""

    def emit(self, record: logging.LogRecord) -> None:
        _, failed, why = record.getMessage().partition(" failed: ")
        if failed and not self.first:
            self.first = why.partition(" (backoff")[0]


_reason = _Reason(logging.WARNING)
logging.getLogger("kafka.net.manager").addHandler(_reason)


def _wait_for_topic(producer: Any, topic: str) -> None:
    """Raises KafkaTimeoutError after some seconds."""
    for _ in range(ATTEMPTS):
        with suppress(KafkaTimeoutError):
            producer.partitions_for(topic)
            return
        sleep(PAUSE_SECONDS)
    producer.close(timeout=0)
    msg = f"no metadata of {topic}"
    raise KafkaTimeoutError(msg)
