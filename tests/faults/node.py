"""A node of the event store as a process: `python -m tests.faults.node '{…}'`.

Says "up", then obeys lines: "stop" (its clients), "healed" (write once more, and say
ok or not), "barrier", "quit". Ends by itself, saying why, where its store does.
"""

import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

import msgspec
from eventsourcing.persistence import OperationalError, PersistenceError

from infra.event_store import Factory
from tests.faults.history import Made, Recorder
from tests.faults.mutants import apply
from tests.faults.workload import Clients

STOPPED = 3


class Config(msgspec.Struct, frozen=True):
    name: str
    life: int
    folder: str
    env: dict[str, str]
    clients: int = 4
    seed: int = 1
    mutant: str = ""


def main(config: Config) -> None:
    faulthandler.register(signal.SIGUSR1)
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    apply(config.mutant)
    factory, recorder = _open(config)
    history = Recorder(
        Path(config.folder) / f"{config.name}.jsonl", config.name, config.life
    )
    name = f"{config.name}.{config.life}"
    clients = Clients(recorder, history, name, config.clients, config.seed)
    clients.start()
    say("up")
    threading.Thread(target=_watch, args=(recorder,), daemon=True).start()
    for number, line in enumerate(sys.stdin):
        match line.strip():
            case "stop":
                clients.stop()
                say("stopped")
            case "healed":
                made = Made(f"healed-{name}-{number}", 1, f"healed-{name}-{number}")
                say(clients.write([made], kind="healed"))
            case "barrier":
                say("ok" if clients.barrier() else "unknown")
            case _:
                break
    factory.close()
    say("closed")


def _open(config: Config):
    """Kafka may be away for a while; whatever else is wrong ends the node."""
    while True:
        factory = Factory(config.env)
        try:
            return factory, factory.process_recorder()
        except OperationalError:
            time.sleep(0.3)
        except PersistenceError as error:
            end(error)


def _watch(recorder) -> None:
    while recorder.stopped is None:
        time.sleep(0.1)
    end(recorder.stopped)


def say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def end(why: BaseException) -> None:
    say(f"ended {type(why).__name__}: {why}")
    os._exit(STOPPED)


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Config))
