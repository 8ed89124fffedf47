"""The composition root: one node is one process on one data folder."""

import fcntl
import logging
import subprocess
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import IO, TYPE_CHECKING, Any

from domain.application import GreenChannel
from infra import event_store, mapper
from infra.clock import Clock, SimulatedClock, SystemClock, parse_clock
from infra.documents import Documents, FolderShelf, Shelf
from infra.documents.bucket import bucket_of
from infra.erasure import Eraser
from infra.event_store.patience import patiently, start_seconds
from infra.event_store.shared import Progress, silent
from infra.keeper import Keeper
from infra.keys import open_keys
from infra.passes.office import Office
from infra.persons import Persons
from infra.policy_runner import PolicyRunner
from infra.positions import Positions
from infra.secrets_folder import session_secret
from infra.settings import KAFKA, Settings
from infra.tls import Tls
from infra.vault import KekFolder, Keyring, retire
from infra.views import open_views, rebuild_apart
from infra.views.history import History
from projections import READ_MODELS
from projections.runner import Runner

if TYPE_CHECKING:
    from infra.positions.exchange import Exchange

BEHIND = 20_000
POLICY_WAIT_SECONDS = 2.0
EVENTS_TOPIC = "greenchannel.events"
POSITIONS_TOPIC = "greenchannel.positions"
WAIT_SECONDS = 2.0
_log = logging.getLogger(__name__)


class FolderInUseError(RuntimeError):
    """Another process serves this data folder."""


class Node:
    """Everything that runs: log, application, read models, and the clock.

    What was opened is closed again, the last first, also where the rest will not open.
    Raises FolderInUseError where the folder is taken, LogDiverged where the log
    and the folder disagree.
    """

    def __init__(self, settings: Settings, progress: Progress = silent) -> None:
        """`progress` is told how far the node has caught up with a shared log."""
        self.settings = settings
        with ExitStack() as opened:
            self._open(settings, opened, progress)
            self._employ(settings)
            self._opened = opened.pop_all()
        self.closing = Event()
        self.is_demo = settings.is_demo or self.clock.is_simulated

    def _open(self, settings: Settings, opened: ExitStack, progress: Progress) -> None:
        opened.enter_context(_take(settings.data))
        self.session_secret = session_secret(settings.secrets)
        self.clock = self._start_clock()
        self.wall_clock: Clock = SystemClock()
        self.application = self._follow_log(progress)
        opened.callback(self.application.close)
        self._continue_clock()
        self._keys = open_keys(settings, is_node=True)
        opened.callback(self._keys.close)
        self.keyring = Keyring(self._keys, KekFolder(settings.keks))
        self.keyring.prepare(self.wall_clock())
        self.persons = Persons(self.keyring)
        self.documents = Documents(self.keyring, self._open_shelf())
        recorder: Any = self.application.recorder
        history = History(recorder, mapper.decode)
        self.views = open_views(settings.views, READ_MODELS, history)
        opened.callback(self._close_views)
        if behind := self._far_behind():
            self._rebuild(behind)
            self.views = open_views(settings.views, READ_MODELS, history)
        self.policies = self._carry_out_policies()
        self._exchange = self._open_exchange()
        self.positions = self._open_positions()
        opened.callback(self.positions.close)

    def _employ(self, settings: Settings) -> None:
        """Who works on what is open."""
        recorder: Any = self.application.recorder
        followers = {**self.views, "positions": self.positions}
        self.runner = Runner(recorder, mapper.decode, followers)
        self.eraser = Eraser(self.application, self.keyring, self.documents, self.views)
        keep = timedelta(days=settings.retention_days)
        self.keeper = Keeper(
            self.eraser, self.runner, recorder, self.clock, keep, self._retire_keks
        )
        self.passes = Office(
            self.application,
            self.views,
            self.positions,
            self.persons.reveal,
            lambda position: self.runner.wait(["signing_keys"], position, WAIT_SECONDS),
            settings.signing,
            self.clock,
        )

    @property
    def wishes(self) -> int:
        return self.policies.waiting

    @property
    def policy_error(self) -> str | None:
        return self.policies.error

    @property
    def authority_file(self) -> Path | None:
        file = Tls(self.settings.tls).ca
        return file if file.exists() else None

    def _follow_log(self, progress: Progress) -> GreenChannel:
        env = environment(self.settings)
        with event_store.Factory(env).following(progress):
            return GreenChannel(self.clock, env)

    def _carry_out_policies(self) -> PolicyRunner:
        wait = POLICY_WAIT_SECONDS if self.settings.kafka else 0.0
        source: Any = self.application.recorder
        return PolicyRunner(self.application, source, mapper.decode, self.clock, wait)

    def _open_shelf(self) -> Shelf:
        if not self.settings.object_store:
            return FolderShelf(self.settings.documents)
        from infra.documents import s3_shelf  # noqa: PLC0415 -- lean without

        shelf = s3_shelf.S3Shelf(bucket_of(self.settings.object_store))
        try:
            shelf.check()
        except s3_shelf.DocumentsUnavailableError as error:
            _log.warning("documents cannot be kept or shown now: %s", error)
        return shelf

    def _far_behind(self) -> list[str]:
        """Read models that would keep the serving process busy for long."""
        last = self.application.recorder.max_notification_id() or 0
        return [n for n, view in self.views.items() if last - view.position > BEHIND]

    def _rebuild(self, names: list[str]) -> None:
        self._close_views()
        self.views = {}
        for name in names:
            _log.warning("rebuilding the read model %s", name)
            try:
                rebuild_apart(self.settings.events_db, self.settings.views, name)
            except (subprocess.CalledProcessError, OSError):
                _log.exception("%s cannot be rebuilt: it follows as it is", name)

    def _open_exchange(self) -> "Exchange | None":
        """Positions go over Kafka where the log does; else there is nobody to tell."""
        if not self.settings.kafka:
            return None
        from infra.event_store.kafka_clients import Clients  # noqa: PLC0415 -- lean
        from infra.positions.exchange import Exchange  # noqa: PLC0415 -- when alone

        topic = environment(self.settings)["KAFKA_POSITIONS_TOPIC"]
        clients = Clients(self.settings.kafka.get)
        seconds = start_seconds(self.settings.kafka.get)
        return patiently(lambda: Exchange(clients, topic), seconds)

    def _open_positions(self) -> Positions:
        share = self._exchange.share if self._exchange else lambda *_: None
        path = self.settings.positions_db
        return Positions(path, self.views, self.policies.ask, share)

    def _retire_keks(self) -> None:
        """What a rotation on another node left in this node's folder."""
        retire(self._keys, KekFolder(self.settings.keks))

    def _reach(self, position: int) -> None:
        self.runner.wait(["positions"], position, WAIT_SECONDS)

    def start(self) -> None:
        self.runner.start()
        self.policies.start()
        self.keeper.start()
        if self._exchange:
            take, ring = self.positions.take, self.positions.ring
            self._exchange.start(take, self._reach, ring.heard, ring.note_heard)

    def stop(self) -> None:
        if self._exchange:
            self._exchange.close()
        self.keeper.stop()
        self.policies.stop()
        self.runner.stop()
        self._opened.close()

    def _close_views(self) -> None:
        for view in self.views.values():
            view.close()

    def _start_clock(self) -> Clock:
        told = self.settings.clock
        return parse_clock(told) if told else SystemClock()

    def _continue_clock(self) -> None:
        """A simulated clock goes on where the last record was made."""
        clock = self.clock
        if isinstance(clock, SimulatedClock) and (last := self.last_record_time()):
            clock.advance_to(last)

    def last_record_time(self) -> datetime | None:
        recorder = self.application.recorder
        position = recorder.max_notification_id()
        if not position:
            return None
        (last,) = recorder.select_notifications(position, 1)
        return mapper.decode(last.topic, last.state).record_time


def environment(settings: Settings) -> dict[str, str]:
    """Says everything: what is not said here, the library takes from the process."""
    return {
        "PERSISTENCE_MODULE": "infra.event_store",
        "MAPPER_TOPIC": "infra.mapper:EventMapper",
        "ORIGINATOR_ID_TYPE": "text",
        "EVENTS_DB": str(settings.events_db),
        KAFKA: "",
        "KAFKA_TOPIC": EVENTS_TOPIC,
        "KAFKA_POSITIONS_TOPIC": POSITIONS_TOPIC,
        **settings.kafka,
    }


def _take(folder: Path) -> IO[str]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        msg = f"{folder} is served by another process"
        raise FolderInUseError(msg) from None
    return lock
