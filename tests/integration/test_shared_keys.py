"""Keys of persons on a compacted topic: whoever sealed, all read; erased is erased."""

import secrets
import shutil
import time
from datetime import UTC, datetime
from threading import Barrier, Event, Thread, Timer

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from kafka.admin import ConfigResource, ConfigResourceType

from infra.event_store.errors import LogUnsafe
from infra.event_store.kafka_clients import Clients
from infra.vault import (
    ErasedError,
    FollowsError,
    KekFolder,
    Keyring,
    KeyUnknownError,
    SqliteKeyStore,
    VaultError,
    VaultLockedError,
    rotate,
)
from infra.vault.errors import StaleKekError
from infra.vault.key_record import Kind, Record, read, told
from infra.vault.key_store import Rewrapped
from infra.vault.keyring import wrap
from infra.vault.shared_store import SharedKeyStore

pytestmark = pytest.mark.integration
NOW = datetime(2020, 2, 16, tzinfo=UTC)
NAME = "王大锤 🚚".encode()
PATIENCE_SECONDS = 30


class KeyNode:
    """A node's vault; all share one folder of KEKs unless told otherwise."""

    def __init__(self, shared, name, keks=None):
        self.folder = shared.folder / name
        self.folder.mkdir(exist_ok=True)
        self.keks = KekFolder(keks or shared.folder / "kek")
        setting = {"KAFKA_BOOTSTRAP_SERVERS": shared.kafka}.get
        self.store = SharedKeyStore(
            self.folder / "keys.db", setting, shared.topic, name, self.keks.ids
        )
        self.ring = Keyring(self.store, self.keks)
        self.ring.prepare(NOW)

    def seal(self, text=NAME):
        return self.ring.seal([("driver", text)])[0]

    def reveal(self, sealed):
        return self.ring.reveal(sealed.subject, "driver", sealed.sealed)

    def bytes(self):
        return b"".join(f.read_bytes() for f in self.folder.glob("keys.db*"))


class Shared:
    def __init__(self, kafka, folder):
        self.kafka, self.folder = kafka, folder
        self.topic = f"keys-{secrets.token_hex(6)}"
        self.open = []

    def node(self, name, keks=None):
        made = KeyNode(self, name, keks)
        self.open.append(made)
        return made

    def stop(self, node):
        self.open.remove(node)
        node.store.close()

    def say(self, *records):
        """As another node would, which knows less than it should."""
        any_node = self.open[0]
        any_node.store._topic.write(records)
        for node in self.open:
            settle(node)


@pytest.fixture
def shared(kafka, tmp_path):
    made = Shared(kafka, tmp_path)
    yield made
    for node in made.open:
        node.store.close()


def settle(node):
    """Until it has heard all, and has said again what it had to."""
    end = time.monotonic() + PATIENCE_SECONDS
    node.store.refresh()
    while node.store._copy.unsettled(1):
        assert time.monotonic() < end
        time.sleep(0.02)
    node.store.refresh()


def test_what_was_sealed_on_one_node_is_read_on_another(shared):
    here, there = shared.node("here"), shared.node("there")

    for number in range(20):
        sealed = here.seal(b"%d" % number)

        assert there.reveal(sealed) == b"%d" % number


def test_a_key_is_in_the_topic_before_what_it_seals_exists(shared):
    here = shared.node("here")
    sealed = here.seal()
    shared.stop(here)
    shutil.rmtree(here.folder)

    there = shared.node("there")

    assert there.reveal(sealed) == NAME


def test_who_was_erased_on_one_node_is_unreadable_on_all_at_once(shared):
    here, there = shared.node("here"), shared.node("there")
    erased, kept = here.seal(), here.seal()
    key = here.store.find(erased.subject).sealed
    assert there.reveal(erased) == NAME
    assert key in there.bytes()

    here.ring.erase([erased.subject])

    with pytest.raises(ErasedError):
        there.reveal(erased)
    with pytest.raises(ErasedError):
        shared.node("new").reveal(erased)
    assert there.reveal(kept) == NAME
    assert key not in here.bytes() + there.bytes()


def test_a_node_that_is_behind_reads_on_before_it_reveals(shared, monkeypatch):
    here, there = shared.node("here"), shared.node("there")
    sealed, late = here.seal(), Event()
    there.reveal(sealed)
    take = there.store._copy.take

    def held_up(*heard):
        late.wait(PATIENCE_SECONDS)
        take(*heard)

    monkeypatch.setattr(there.store._copy, "take", held_up)
    here.ring.erase([sealed.subject])
    Timer(1, late.set).start()

    with pytest.raises(ErasedError):
        there.reveal(sealed)


def test_a_stranger_is_told_apart_from_who_was_erased_unseen(shared):
    here, there = shared.node("here"), shared.node("there")
    here.ring.erase(["never seen"])

    with pytest.raises(ErasedError):
        there.store.find("never seen")
    with pytest.raises(KeyUnknownError):
        there.store.find("stranger")


def test_two_nodes_that_make_a_key_for_one_person_come_to_one(shared):
    nodes = [shared.node(name) for name in "xy"]
    kek = nodes[0].store.current_kek()
    cipher = nodes[0].ring._cipher(kek)
    for number in range(10):
        subject, start, told_off = f"{number:032x}", Barrier(2), []

        def claim(node, subject=subject, start=start, told_off=told_off):
            wrapped = wrap(cipher, kek, subject, secrets.token_bytes(32))
            start.wait()
            try:
                node.store.add({subject: wrapped})
            except ErasedError:
                told_off.append(node)

        threads = [Thread(target=claim, args=(node,)) for node in nodes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(told_off) == 1

    for node in nodes:
        settle(node)
    late = shared.node("late")
    for number in range(10):
        subject = f"{number:032x}"
        found = {node.store.find(subject) for node in (*nodes, late)}
        assert len(found) == 1


def test_a_node_goes_on_after_a_restart_and_learns_what_it_missed(shared):
    here, there = shared.node("here"), shared.node("there")
    before, gone = here.seal(b"before"), here.seal(b"gone")
    there.reveal(before)
    shared.stop(there)
    meanwhile = here.seal(b"meanwhile")
    here.ring.erase([gone.subject])

    back = shared.node("there")

    assert back.reveal(before) == b"before"
    assert back.reveal(meanwhile) == b"meanwhile"
    with pytest.raises(ErasedError):
        back.reveal(gone)


def test_a_rotation_on_one_node_holds_on_all(shared):
    here, there = shared.node("here"), shared.node("there")
    living, gone = here.seal(), there.seal()
    there.ring.erase([gone.subject])
    (before,) = here.keks.ids()
    old = there.store.find(living.subject).sealed

    done = rotate(here.store, here.keks, NOW)

    assert (done.keys, done.destroyed) == (1, (before,))
    for node in (here, there, shared.node("new")):
        assert node.reveal(living) == NAME
        assert node.store.find(living.subject).kek == done.kek
        with pytest.raises(ErasedError):
            node.reveal(gone)
        assert old not in node.bytes()
    assert here.reveal(there.seal(b"after")) == b"after"


def test_a_key_that_comes_after_the_rotation_it_knew_nothing_of_is_dead(shared):
    """Its KEK may be destroyed: what it seals must never have been written."""
    here, there = shared.node("here"), shared.node("there")
    current = there.store._copy.current
    old = current()
    rotate(here.store, here.keks, NOW)
    there.store.refresh()
    there.store._copy.current = lambda: old

    with pytest.raises(ErasedError):
        there.store.add({"a" * 32: wrapped_under(old.kek)})

    there.store._copy.current = current
    for node in (here, there, shared.node("new")):
        settle(node)
        with pytest.raises(ErasedError):
            node.store.find("a" * 32)


def wrapped_under(kek):
    return wrap(AESGCM(b"k" * 32), kek, "a" * 32, b"key")


def test_sealing_goes_on_while_the_kek_is_rotated(shared):
    here, there = shared.node("here"), shared.node("there")
    sealed, ended = [], []

    def seal():
        while not ended:
            sealed.append(there.seal(b"%d" % len(sealed)))

    thread = Thread(target=seal)
    thread.start()
    while len(sealed) < 3:
        time.sleep(0.01)
    done = [rotate(here.store, here.keks, NOW) for _ in range(2)]
    ended.append(True)
    thread.join()

    assert here.keks.ids() == [done[-1].kek]
    assert [here.reveal(one) for one in sealed] == [
        b"%d" % n for n in range(len(sealed))
    ]


def test_an_old_node_brings_nobody_back(shared):
    """It knows the key and not the erasure, and says so in every way there is."""
    here = shared.node("here")
    sealed = here.seal()
    known = here.store.find(sealed.subject)
    epoch = here.store._copy.current().epoch
    here.ring.erase([sealed.subject])

    for kind in (Kind.CLAIMED, Kind.SAID):
        shared.say(told(sealed.subject, Record(kind, epoch + 9, *known)))

    assert last_of(shared, sealed.subject).kind == Kind.ERASED
    for node in (here, shared.node("new")):
        with pytest.raises(ErasedError):
            node.reveal(sealed)


def test_what_others_delete_from_the_topic_is_written_again(shared):
    """A null lets Kafka forget the subject; here nobody writes one."""
    here = shared.node("here")
    living, gone = here.seal(), here.seal()
    here.ring.erase([gone.subject])

    shared.say((living.subject.encode(), None), (gone.subject.encode(), None))

    assert last_of(shared, living.subject).wrapped == here.store.find(living.subject)
    assert last_of(shared, gone.subject).kind == Kind.ERASED


def last_of(shared, subject):
    found = [value for key, value in records(shared) if key == subject.encode()]
    return read(found[-1], Record)


def records(shared):
    clients = Clients({"KAFKA_BOOTSTRAP_SERVERS": shared.kafka}.get)
    consumer = clients.consumer()
    partition = shared.open[0].store._topic._partition
    end = shared.open[0].store._topic.end()
    consumer.assign([partition])
    consumer.seek(partition, 0)
    found = []
    while consumer.position(partition) < end:
        for some in consumer.poll(500).values():
            found += [(record.key, record.value) for record in some]
    consumer.close()
    return found


def test_of_two_rotations_at_once_the_first_counts(shared, monkeypatch):
    here, there = shared.node("here"), shared.node("there")
    sealed, old = here.seal(), there.store._copy.current()
    done = rotate(here.store, here.keks, NOW)
    with monkeypatch.context() as patched:
        patched.setattr(there.store._copy, "next_epoch", lambda: old.epoch + 1)

        with pytest.raises(StaleKekError):
            there.store.begin_kek(there.keks.make(NOW).id)

    for node in (here, there, shared.node("new")):
        settle(node)
        assert node.store.current_kek() == done.kek
        assert node.reveal(sealed) == NAME


def test_keys_of_a_node_that_was_alone_move_into_the_topic(shared):
    folder = shared.folder / "alone"
    folder.mkdir()
    alone = SqliteKeyStore(folder / "keys.db")
    ring = Keyring(alone, KekFolder(shared.folder / "kek"))
    ring.prepare(NOW)
    sealed = [ring.seal([("driver", b"%d" % n)])[0] for n in range(1200)]
    ring.erase([sealed[0].subject])
    alone.close()

    here, there = shared.node("alone"), shared.node("there")

    assert here.store.current_kek() == there.store.current_kek()
    assert len(here.keks.ids()) == 1
    assert there.store.counts() == here.store.counts()
    assert there.reveal(sealed[-1]) == b"1199"
    with pytest.raises(ErasedError):
        there.reveal(sealed[0])
    rotate(there.store, there.keks, NOW)
    assert here.reveal(sealed[1]) == b"1"


def test_an_old_file_that_is_moved_brings_nobody_back(shared):
    here = shared.node("here")
    living, gone = here.seal(), here.seal()
    copy = shared.folder / "old" / "keys.db"
    copy.parent.mkdir()
    alone_copy(here, copy)
    here.ring.erase([gone.subject])
    rotate(here.store, here.keks, NOW)

    old = shared.node("old")

    for node in (here, old):
        settle(node)
        assert node.reveal(living) == NAME
        with pytest.raises(ErasedError):
            node.reveal(gone)


def alone_copy(node, path):
    """What the node would hold had it never followed anybody."""
    store = SqliteKeyStore(path)
    store.begin_kek(node.store.current_kek())
    found = node.store._copy._db.execute("SELECT subject FROM key").fetchall()
    store.add({subject: node.store.find(subject) for (subject,) in found})
    store.close()


def test_a_copy_is_not_written_by_who_does_not_follow(shared):
    here = shared.node("here")
    sealed = here.seal()
    beside = SqliteKeyStore(here.folder / "keys.db")

    for change in (
        lambda: beside.erase([sealed.subject]),
        lambda: beside.begin_kek("other"),
        lambda: beside.add({}),
        lambda: beside.rewrap([]),
    ):
        with pytest.raises(FollowsError):
            change()
    assert beside.find(sealed.subject) == here.store.find(sealed.subject)
    beside.close()


def test_a_command_beside_the_node_follows_into_the_same_file(shared):
    here = shared.node("here")
    beside = shared.node("here")
    sealed = [node.seal() for node in (here, beside) for _ in range(5)]

    rotate(beside.store, beside.keks, NOW)
    beside.ring.erase([sealed[0].subject])

    assert [here.reveal(one) for one in sealed[1:]] == [NAME] * 9
    with pytest.raises(ErasedError):
        here.reveal(sealed[0])


def test_without_its_kek_a_node_is_locked_and_opens_when_it_is_brought(shared):
    here = shared.node("here")
    sealed = here.seal()
    there = shared.node("there", shared.folder / "other")

    with pytest.raises(VaultLockedError):
        there.reveal(sealed)
    assert there.keks.ids() == []
    shutil.copytree(shared.folder / "kek", shared.folder / "other", dirs_exist_ok=True)

    assert there.reveal(sealed) == NAME


def test_while_kafka_is_away_nothing_is_called_unreadable(shared, monkeypatch):
    here = shared.node("here")
    sealed = here.seal()

    def away(*_):
        raise VaultError("away")

    monkeypatch.setattr(here.store._topic, "end", away)

    with pytest.raises(VaultError):
        here.reveal(sealed)


def test_the_topic_is_compacted_and_an_unsafe_one_is_refused(shared):
    here = shared.node("here")
    settings = here.store._topic._topic
    with settings.clients.admin() as admin:
        found = settings._look(admin).settings
    assert found["cleanup.policy"] == "compact"
    assert int(found["max.compaction.lag.ms"]) <= 12 * 3600 * 1000

    for wrong in ({"cleanup.policy": "delete"}, {"max.compaction.lag.ms": "86400000"}):
        (name,) = wrong
        alter(shared, wrong)

        with pytest.raises(LogUnsafe, match=name.replace(".", r"\.")):
            shared.node("there")
        with pytest.raises(LogUnsafe):
            here.store._topic.check()
        alter(shared, {name: found[name]})


def alter(shared, settings):
    clients = Clients({"KAFKA_BOOTSTRAP_SERVERS": shared.kafka}.get)
    with clients.admin() as admin:
        resource = ConfigResource(
            ConfigResourceType.TOPIC, shared.topic, configs=settings
        )
        admin.alter_configs([resource])


def test_a_topic_that_was_made_again_gets_back_what_the_nodes_hold(shared):
    here = shared.node("here")
    living, gone = here.seal(), here.seal()
    here.ring.erase([gone.subject])
    clients = Clients({"KAFKA_BOOTSTRAP_SERVERS": shared.kafka}.get)
    shared.stop(here)
    with clients.admin() as admin:
        admin.delete_topics([shared.topic])

    back, new = shared.node("here"), shared.node("new")

    for node in (back, new):
        assert node.reveal(living) == NAME
        with pytest.raises(ErasedError):
            node.reveal(gone)


def test_nodes_say_which_keks_they_hold(shared):
    here = shared.node("here")
    there = shared.node("there", shared.folder / "other")
    end = time.monotonic() + PATIENCE_SECONDS
    while len(here.store.nodes(NOW)) < 2:
        assert time.monotonic() < end
        time.sleep(0.05)

    found = here.store.nodes(NOW)
    assert found == {"here": tuple(here.keks.ids()), "there": ()}
    shutil.copytree(shared.folder / "kek", shared.folder / "other", dirs_exist_ok=True)
    while not here.store.nodes(NOW)["there"]:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert there.keks.ids() == here.keks.ids()


def test_a_rewrap_of_what_has_changed_since_has_no_effect(shared):
    here, there = shared.node("here"), shared.node("there")
    sealed = here.seal()
    before = here.store.find(sealed.subject)
    there.ring.erase([sealed.subject])

    here.store.rewrap([Rewrapped(sealed.subject, before, before)])

    with pytest.raises(ErasedError):
        here.reveal(sealed)
