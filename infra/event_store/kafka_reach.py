"""Reaching a cluster of which a broker is silent: its machine is off, a cable is out.

kafka-python waits ten seconds for a connection, while it bootstraps as long as there is
time, and asks brokers at random, the silent one as often as any. Here each has a second
and a half, and whoever was silent to one client of this process is asked last by all.

It also asks nobody but the brokers of the last answer: where that was given while only
one was in sight, and that one died, it never finds the others. Here it goes back to the
addresses it started with. And a connection that is taken and lost at once, as by a load
balancer, is none to it that failed: hundreds a second. Here it backs off.
"""

from time import monotonic
from typing import Any, NamedTuple

from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

FIRST_MS, LONGEST_MS = 1500, 6000
"""Doubled with each failure, so that a slow network is reached, too."""
ASKED_LAST_SECONDS = 30.0


class Silence(NamedTuple):
    times: int = 0
    last: float = -ASKED_LAST_SECONDS


_silences: dict[tuple[str, int], Silence] = {}
"""By address, from when it did not answer until it does."""


def impatient_client(**settings: Any) -> Any:
    """What kafka-python's clients take as `kafka_client`."""
    net = NetworkSelector(**settings)
    return KafkaNetClient(net, _Manager(net, **settings))


class _Manager(KafkaConnectionManager):  # type: ignore[misc]  # kafka-python has no types
    def __init__(self, net: Any, **settings: Any) -> None:
        super().__init__(net, **settings)
        self._first = self.cluster.bootstrap_brokers
        self.cluster.bootstrap_brokers = lambda: _worth_asking(self._first())

    def get_connection(
        self, node_id: Any, timeout_ms: float | None = None, **how: Any
    ) -> Any:
        broker = self.cluster.broker_metadata(node_id)
        if broker is None or node_id in self._conns:
            return super().get_connection(node_id, timeout_ms, **how)
        own = min(FIRST_MS * 2 ** _silence_of(broker).times, LONGEST_MS)
        allowed = own if timeout_ms is None else min(own, timeout_ms)
        connection = super().get_connection(node_id, allowed, **how)
        connection.init_future.add_callback(lambda _: _answered(broker))
        connection.init_future.add_errback(lambda _: _was_silent(broker))
        return connection

    def least_loaded_node(self) -> Any:
        found = super().least_loaded_node()
        asked = [each.node_id for each in _worth_asking(self._all_brokers())]
        ready = [each for each in asked if not self.connection_delay(each)]
        return found if found in ready else next(iter(ready), None)

    def reset_backoff(self, node_id: Any) -> None:
        """Called whenever a connection was made, also where it came to nothing."""
        broker = self.cluster.broker_metadata(node_id)
        if broker and _silence_of(broker).times:
            self.update_backoff(node_id)
        else:
            super().reset_backoff(node_id)

    def _all_brokers(self) -> list[Any]:
        """Those last told of, and the addresses to start with that are none of them."""
        known: list[Any] = self.cluster.brokers()
        addresses = {(each.host, each.port) for each in known}
        first = [b for b in self._first() if (b.host, b.port) not in addresses]
        return known + first


def _worth_asking(brokers: Any) -> list[Any]:
    """Those that answer; where none does, the one that was asked longest ago."""
    known = sorted(brokers, key=lambda broker: _silence_of(broker).last)
    since = monotonic() - ASKED_LAST_SECONDS
    return [b for b in known if _silence_of(b).last <= since] or known[:1]


def _silence_of(broker: Any) -> Silence:
    return _silences.get((broker.host, broker.port), Silence())


def _was_silent(broker: Any) -> None:
    times = _silence_of(broker).times + 1
    _silences[broker.host, broker.port] = Silence(times, monotonic())


def _answered(broker: Any) -> None:
    _silences.pop((broker.host, broker.port), None)
