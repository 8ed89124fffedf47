"""Where the keys of persons are: in the node's own file, or in a topic of all nodes."""

from socket import gethostname

from infra.settings import KAFKA, Settings
from infra.vault import FollowsError, KekFolder, KeyStore, SqliteKeyStore

TOPIC = "KAFKA_KEYS_TOPIC"
DEFAULT_TOPIC = "greenchannel.keys"


def open_keys(settings: Settings, *, is_node: bool = False) -> KeyStore:
    """A node tells the others of itself; a command beside it does not.

    Raises FollowsError where the file belongs to a cluster and none is named.
    """
    if not settings.kafka:
        return _alone(settings)
    from infra.vault.shared_store import SharedKeyStore  # noqa: PLC0415 -- lean alone

    topic = settings.kafka.get(TOPIC) or DEFAULT_TOPIC
    if not is_node:
        return SharedKeyStore(settings.keys_db, settings.kafka.get, topic)
    name = f"{gethostname()}:{settings.data.absolute()}"
    keks = KekFolder(settings.keks).ids
    return SharedKeyStore(settings.keys_db, settings.kafka.get, topic, name, keks)


def _alone(settings: Settings) -> SqliteKeyStore:
    store = SqliteKeyStore(settings.keys_db)
    if store.follows:
        store.close()
        msg = f"{settings.keys_db} is a node's of a cluster: set {KAFKA}"
        raise FollowsError(msg)
    return store
