"""Reaching a cluster of which one broker is silent: its machine is off, a cable is out.

kafka-python waits ten seconds for a connection, while it bootstraps as long as there is
time, and asks brokers at random: a silent one keeps it from those that would answer.
"""

from typing import Any

from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

SETUP_MS = {
    "socket_connection_setup_timeout_ms": 1500,
    "socket_connection_setup_timeout_max_ms": 6000,
}
"""Doubled with each failure, so that a slow network is reached, too."""


def impatient_client(**settings: Any) -> Any:
    """What kafka-python's clients take as `kafka_client`."""
    net = NetworkSelector(**settings)
    return KafkaNetClient(net, _Manager(net, **settings, **SETUP_MS))


class _Manager(KafkaConnectionManager):  # type: ignore[misc]  # kafka-python has no types
    def __init__(self, net: Any, **settings: Any) -> None:
        super().__init__(net, **settings)
        self._all_brokers = self.cluster.bootstrap_brokers
        self.cluster.bootstrap_brokers = self._least_failed

    def get_connection(
        self, node_id: Any, timeout_ms: float | None = None, **how: Any
    ) -> Any:
        own = self.socket_connection_setup_timeout_ms(node_id)
        allowed = own if timeout_ms is None else min(own, timeout_ms)
        return super().get_connection(node_id, timeout_ms=allowed, **how)

    def _least_failed(self) -> list[Any]:
        """None is asked again before each was asked once."""
        brokers = self._all_brokers()
        failures = [self._backoff.get(each.node_id, (0,))[0] for each in brokers]
        return [
            each
            for each, count in zip(brokers, failures, strict=True)
            if count == min(failures)
        ]
