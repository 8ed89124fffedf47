"""Nodes that seal and erase persons while the topic of keys suffers."""

import random
import threading
import time
from datetime import UTC, datetime

from eventsourcing.persistence import OperationalError

from infra.vault import ErasedError, KekFolder, Keyring, KeyUnknownError, VaultError
from infra.vault.shared_store import SharedKeyStore

NOW = datetime(2020, 2, 16, tzinfo=UTC)
FIELD = "driver"
PAUSE_SECONDS, REFUSED_SECONDS = 0.02, 30


class KeyNode:
    """A copy of the keys of its own; the master keys are everybody's."""

    def __init__(self, bootstrap, folder, topic, name):
        keks = KekFolder(folder / "kek")
        (folder / name).mkdir()
        setting = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap}.get
        path = folder / name / "keys.db"
        self.name, self.store = name, SharedKeyStore(path, setting, topic, name)
        self.ring = Keyring(self.store, keks)
        self.ring.prepare(NOW)


class Person:
    """`fate` is what the node was told, last: sealed, erased, or open."""

    def __init__(self, sealed, text):
        self.sealed, self.text, self.fate = sealed, text, "sealed"


class Clerk(threading.Thread):
    """Seals persons one after the other, and erases every third of them."""

    def __init__(self, node, seed):
        super().__init__(daemon=True)
        self.node, self.random = node, random.Random(seed)
        self.persons, self.refused, self.over = [], 0, threading.Event()

    def run(self):
        while not self.over.is_set():
            try:
                self.seal(f"{self.node.name} {len(self.persons)}".encode())
            except (VaultError, OperationalError):
                self.refused += 1
            self.over.wait(PAUSE_SECONDS)

    def seal(self, text):
        (sealed,) = self.node.ring.seal([(FIELD, text)])
        self.persons.append(Person(sealed, text))
        if len(self.persons) % 3 == 0:
            self.erase(self.random.choice(self.persons))

    def erase(self, person):
        """Until it is told, nobody knows; once told, for ever."""
        if person.fate == "sealed":
            person.fate = "open"
        self.node.ring.erase([person.sealed.subject])
        person.fate = "erased"


def wrong(node, persons):
    """Who is lost, or came back, by what this node reveals."""
    found = []
    for person in persons:
        is_there = reveals(node, person)
        if person.fate != "open" and is_there != (person.fate == "sealed"):
            found.append((node.name, person.fate, person.text))
    return found


def reveals(node, person):
    subject, sealed = person.sealed.subject, person.sealed.sealed
    try:
        return node.ring.reveal(subject, FIELD, sealed) == person.text
    except (ErasedError, KeyUnknownError):
        return False


def disturb(brokers, topic, clerks):
    """No answer until somebody is refused; the leader killed; links cut."""
    for link in brokers.client_links:
        link.set("silent")
    end = time.monotonic() + REFUSED_SECONDS
    while not any(clerk.refused for clerk in clerks) and time.monotonic() < end:
        time.sleep(0.05)
    brokers.heal()
    time.sleep(0.5)
    brokers.all[max(0, brokers.leader(topic))].kill()
    brokers.heal()
    for link in brokers.client_links:
        link.cut()


def end(clerks):
    for clerk in clerks:
        clerk.over.set()
    for clerk in clerks:
        clerk.join()


def run(brokers, folder, topic, seed):
    """What is wrong on any node, one that starts afterwards included; the clerks."""
    nodes = [KeyNode(brokers.bootstrap, folder, topic, name) for name in ("a", "b")]
    clerks = [Clerk(node, seed + n) for n, node in enumerate(nodes * 2)]
    for clerk in clerks:
        clerk.start()
    try:
        time.sleep(1)
        disturb(brokers, topic, clerks)
        time.sleep(1)
        end(clerks)
        nodes.append(KeyNode(brokers.bootstrap, folder, topic, "new"))
        persons = [person for clerk in clerks for person in clerk.persons]
        return [fault for node in nodes for fault in wrong(node, persons)], clerks
    finally:
        end(clerks)
        for node in nodes:
            node.store.close()
