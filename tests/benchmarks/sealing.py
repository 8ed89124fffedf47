"""What sealing costs: per event, and per person sealed, read and erased."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from msgspec.structs import replace

from domain import events as e
from domain.papers import SealedPerson
from domain.values import PlateKind
from infra.mapper import EventMapper
from infra.vault import KekFolder, Keyring, SqliteKeyStore
from tests.benchmarks.harness import compared

TIMES = 300
NOW = datetime(2020, 2, 16, tzinfo=UTC)
TEXT = {"name": "欧阳大锤", "phone": "13805331234", "id_number": "440524188001010014"}
MADE_US, READ_US, ERASED_US, EVENT_US = 20_000, 500, 20_000, 100


def run():
    """Allowed µs ÷ taken: a person sealed with a durable key, read, erased."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteKeyStore(Path(folder) / "keys.db")
        ring = Keyring(store, KekFolder(Path(folder) / "kek"))
        ring.prepare(NOW)
        text = json.dumps(TEXT, ensure_ascii=False).encode()
        made, took = timed(lambda _: ring.seal([("driver", text)])[0])
        yield allowed("a person sealed, the key durable", MADE_US, took)
        _, took = timed(
            lambda n: ring.reveal(made[n].subject, "driver", made[n].sealed)
        )
        yield allowed("a person read", READ_US, took)
        yield from event(SealedPerson(*made[0]))
        _, took = timed(lambda n: ring.erase([made[n].subject]))
        yield allowed("a person erased, gone from the disk", ERASED_US, took)
        store.close()


def event(person):
    """To bytes and back: with a sealed driver, and with nobody named."""
    mapper = EventMapper(transcoder=None)
    plain = e.PassRequested(
        originator_id="pass:p1",
        originator_version=2,
        plate="鲁X00001",
        plate_kind=PlateKind.BLUE,
        valid_from=NOW,
        valid_until=NOW,
    )
    sealed = replace(plain, driver=person, declaration=True)
    costs = []
    for told in (sealed, plain):
        _, stored = timed(lambda _, told=told: mapper.to_stored_event(told))
        state = mapper.to_stored_event(told)
        _, read = timed(lambda _, state=state: mapper.to_domain_event(state))
        costs.append(stored + read)
    yield allowed("an event with a sealed driver, stored and read", EVENT_US, costs[0])
    yield compared(
        "an event with nobody named ÷ with a sealed driver",
        costs[1],
        "µs",
        "sealed",
        costs[0],
        0.2,
    )


def allowed(work, most, took):
    return compared(f"µs allowed for {work}", most, "µs", "µs taken", took, 1.0)


def timed(work):
    """What each call gave, and the median of their µs."""
    given, spent = [], []
    for number in range(TIMES):
        begun = perf_counter()
        given.append(work(number))
        spent.append((perf_counter() - begun) * 1e6)
    return given, median(spent)
