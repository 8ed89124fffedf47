"""What the vault promises; notes on threats 9 and 15 stand in docs/privacy.md."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from infra.vault import (
    ErasedError,
    KekFolder,
    Keyring,
    KeyUnknownError,
    SealBrokenError,
    SqliteKeyStore,
    VaultLockedError,
    retire,
    rotate,
)
from infra.vault.key_store import Rewrapped
from infra.vault.keyring import Sealed, unwrap, wrap

NOW = datetime(2020, 2, 16, tzinfo=UTC)
NAME = "王大锤 🚚".encode()


class Vault:
    def __init__(self, folder):
        self.folder = folder
        self.store = SqliteKeyStore(folder / "keys.db")
        self.keks = KekFolder(folder / "kek")
        self.ring = Keyring(self.store, self.keks)
        self.ring.prepare(NOW)

    def seal(self, text=NAME, field="driver"):
        (sealed,) = self.ring.seal([(field, text)])
        return sealed

    def reveal(self, sealed, field="driver"):
        return self.ring.reveal(sealed.subject, field, sealed.sealed)

    def bytes(self):
        return b"".join(f.read_bytes() for f in self.folder.glob("keys.db*"))

    def wrapped(self, subject):
        return self.store.find(subject).sealed


@pytest.fixture
def vault(tmp_path):
    made = Vault(tmp_path)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    made = Vault(tmp_path_factory.mktemp("vault"))
    yield made
    made.store.close()


@any_of(st.lists(st.tuples(st.text(max_size=10), st.binary()), max_size=4))
def test_what_is_sealed_is_revealed_whatever_it_says(shared, texts):
    sealed = shared.ring.seal(texts)

    opened = [
        shared.reveal(one, field) for one, (field, _) in zip(sealed, texts, strict=True)
    ]
    assert opened == [text for _, text in texts]


@any_of(st.data())
def test_any_changed_byte_is_damage_and_never_an_erasure(shared, data):
    sealed = shared.seal()
    place = data.draw(st.integers(0, len(sealed.sealed) - 1))
    changed = bytearray(sealed.sealed)
    changed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(SealBrokenError):
        shared.reveal(Sealed(sealed.subject, bytes(changed)))


@pytest.mark.parametrize("length", [0, 11, 12, 27])
def test_a_text_cut_short_is_damage(vault, length):
    sealed = vault.seal()

    with pytest.raises(SealBrokenError):
        vault.reveal(Sealed(sealed.subject, sealed.sealed[:length]))


def test_what_is_sealed_opens_under_its_own_subject_and_field_alone(vault):
    one, other = vault.ring.seal([("driver", b"a"), ("driver", b"b")])

    with pytest.raises(SealBrokenError):
        vault.reveal(Sealed(other.subject, one.sealed))
    with pytest.raises(SealBrokenError):
        vault.reveal(one, "owner")


def test_a_wrapped_key_opens_for_its_own_subject_alone(vault):
    one, other = vault.ring.seal([("driver", b"a"), ("driver", b"b")])

    with pytest.raises(SealBrokenError):
        unwrap(vault.ring._cipher, other.subject, vault.store.find(one.subject))


def test_a_text_is_bound_to_its_subject_even_under_the_same_key(vault):
    one, other = vault.ring.seal([("driver", b"a"), ("driver", b"b")])
    kek = vault.store.current_kek()
    cipher = vault.ring._cipher(kek)
    key = unwrap(vault.ring._cipher, one.subject, vault.store.find(one.subject))
    moved = Rewrapped(
        other.subject,
        vault.store.find(other.subject),
        wrap(cipher, kek, other.subject, key),
    )
    vault.store.rewrap([moved])

    with pytest.raises(SealBrokenError):
        vault.reveal(Sealed(other.subject, one.sealed))


def test_sealing_one_text_twice_gives_two_subjects_and_nothing_alike(vault):
    one, other = vault.seal(), vault.seal()

    assert one.subject != other.subject
    assert one.sealed != other.sealed
    assert len(one.subject) == 32


def test_an_erased_person_is_told_apart_from_a_stranger_and_gets_no_new_key(vault):
    one = vault.seal()
    vault.ring.erase([one.subject, "never seen"])
    vault.ring.erase([one.subject])

    with pytest.raises(ErasedError):
        vault.reveal(one)
    with pytest.raises(ErasedError):
        vault.ring._add({one.subject: b"k" * 32})
    with pytest.raises(ErasedError):
        vault.store.find("never seen")
    with pytest.raises(KeyUnknownError):
        vault.store.find("stranger")


def test_erasing_one_leaves_the_others(vault):
    one, other = vault.seal(), vault.seal(b"li")
    vault.ring.erase([one.subject])

    assert vault.reveal(other) == b"li"


def test_a_second_process_sees_an_erasure_at_once(vault):
    sealed = vault.seal()
    second = Vault(vault.folder)
    assert second.reveal(sealed) == NAME

    vault.ring.erase([sealed.subject])

    with pytest.raises(ErasedError):
        second.reveal(sealed)
    second.store.close()


def test_the_wrapped_key_is_on_the_disk_until_it_is_erased_and_then_nowhere(vault):
    sealed = [vault.seal() for _ in range(300)]
    erased, kept = sealed[::2], sealed[1::2]
    keys = [vault.wrapped(one.subject) for one in erased]
    assert all(key in vault.bytes() for key in keys)

    vault.ring.erase([one.subject for one in erased])

    found = vault.bytes()
    assert not [key for key in keys if key in found or key[12:44] in found]
    assert all(vault.reveal(one) == NAME for one in kept)


def test_keys_are_of_no_use_without_the_master_key(vault, tmp_path):
    sealed = vault.seal()
    for kek in vault.keks.ids():
        (tmp_path / "kek" / kek).unlink()
    thief = Keyring(vault.store, vault.keks)

    with pytest.raises(VaultLockedError):
        thief.reveal(sealed.subject, "driver", sealed.sealed)
    with pytest.raises(VaultLockedError):
        thief.seal([("driver", b"new")])


def test_neither_text_nor_key_shows_in_what_is_printed(vault):
    sealed = vault.seal()
    kek = vault.ring.kek()

    assert repr(kek) == f"Kek({kek.id})"
    assert "王" not in repr(sealed)


def test_the_master_key_is_for_the_owner_of_the_process_alone(vault):
    (kek,) = vault.keks.ids()

    assert (vault.folder / "kek" / kek).stat().st_mode & 0o777 == 0o600
    assert (vault.folder / "kek").stat().st_mode & 0o777 == 0o700
    assert (vault.folder / "keys.db").stat().st_mode & 0o777 == 0o600


def test_a_rotation_keeps_the_living_and_ends_what_a_stolen_copy_opens(vault):
    living, gone = vault.seal(), vault.seal()
    copy = vault.wrapped(gone.subject)
    (before,) = vault.keks.ids()
    old_file = vault.folder / "kek" / before
    old_key = vault.wrapped(living.subject)
    vault.ring.erase([gone.subject])

    done = rotate(vault.store, vault.keks, NOW)

    assert (done.keys, done.destroyed) == (1, (before,))
    assert vault.keks.ids() == [done.kek]
    assert vault.reveal(living) == NAME
    assert not old_file.exists()
    assert old_key not in vault.bytes()
    assert copy not in vault.bytes()


def test_a_running_node_goes_on_sealing_through_a_rotation(vault):
    before = vault.seal()
    rotate(vault.store, vault.keks, NOW)
    after = vault.seal(b"after")

    assert vault.reveal(before) == NAME
    assert vault.reveal(after) == b"after"


def test_a_key_that_was_wrapped_by_the_old_kek_is_not_taken_any_more(
    vault, monkeypatch
):
    """Or the rotation that has just begun would destroy what it needs."""
    current, asked = vault.store.current_kek, []

    def rotated_meanwhile():
        found = current()
        if not asked:
            asked.append(found)
            vault.store.begin_kek(vault.keks.make(NOW).id)
        return found

    monkeypatch.setattr(vault.store, "current_kek", rotated_meanwhile)
    sealed = vault.seal()

    assert vault.store.find(sealed.subject).kek == current() != asked[0]
    assert vault.reveal(sealed) == NAME


@pytest.mark.parametrize("step", ["begin_kek", "rewrap", "purge"])
def test_a_rotation_that_was_cut_short_is_finished_by_the_next(
    vault, monkeypatch, step
):
    sealed = [vault.seal(b"%d" % n) for n in range(3)]

    def cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(vault.store, step, cut)
        with pytest.raises(KeyboardInterrupt):
            rotate(vault.store, vault.keks, NOW)
    during = vault.seal(b"during")
    assert vault.reveal(sealed[0]) == b"0"

    done = rotate(vault.store, vault.keks, NOW)

    assert vault.keks.ids() == [done.kek]
    assert [vault.reveal(one) for one in sealed] == [b"0", b"1", b"2"]
    assert vault.reveal(during) == b"during"


def test_an_old_kek_stays_as_long_as_it_wraps_a_key(vault):
    sealed = vault.seal()
    waiting = vault.keks.make(NOW + timedelta(days=1))

    assert retire(vault.store, vault.keks) == ()
    vault.store.begin_kek(waiting.id)
    assert retire(vault.store, vault.keks) == ()
    assert vault.reveal(sealed) == NAME


def test_who_is_erased_while_a_rotation_runs_stays_erased(vault, monkeypatch):
    sealed = vault.seal()
    rewrap = vault.store.rewrap

    def late(keys):
        vault.ring.erase([sealed.subject])
        rewrap(keys)

    monkeypatch.setattr(vault.store, "rewrap", late)
    rotate(vault.store, vault.keks, NOW)

    with pytest.raises(ErasedError):
        vault.reveal(sealed)


def test_nothing_is_destroyed_while_a_kek_is_missing(vault):
    vault.seal()
    (before,) = vault.keks.ids()
    path = vault.folder / "kek" / before
    kept = path.read_bytes()
    path.unlink()

    with pytest.raises(VaultLockedError):
        rotate(vault.store, vault.keks, NOW)
    path.write_bytes(kept)
    rotate(vault.store, vault.keks, NOW)

    assert vault.store.counts().living == 1
