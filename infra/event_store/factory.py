"""`PERSISTENCE_MODULE=infra.event_store`: makes the recorders of one events.db."""

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteDatastore
from eventsourcing.utils import Environment, EnvType, resolve_topic

from infra.event_store import shared
from infra.event_store.log import Log
from infra.event_store.patience import start_seconds
from infra.event_store.recorder import (
    EventStoreApplicationRecorder,
    EventStoreProcessRecorder,
    EventStoreTrackingRecorder,
    StoreRecorder,
)


class EventStoreFactory(InfrastructureFactory[TrackingRecorder]):
    """EVENTS_DB is the file's path, or `:memory:` for one that ends with the factory.

    With KAFKA_BOOTSTRAP_SERVERS the log is KAFKA_TOPIC (`events`) there, and the file
    this node's copy of it; without, the file is the log. For KAFKA_START_SECONDS (60)
    Kafka need not answer.

    ORIGINATOR_ID_TYPE is `uuid` or `text`. Aggregate recorders (snapshots) are the
    library's own, on a file beside it: they have no order and are no part of the log.
    """

    EVENTS_DB = "EVENTS_DB"
    ORIGINATOR_ID_TYPE = "ORIGINATOR_ID_TYPE"
    KAFKA_BOOTSTRAP_SERVERS = "KAFKA_BOOTSTRAP_SERVERS"
    KAFKA_TOPIC = "KAFKA_TOPIC"

    aggregate_recorder_class = SQLiteAggregateRecorder
    application_recorder_class = EventStoreApplicationRecorder
    tracking_recorder_class = EventStoreTrackingRecorder
    process_recorder_class = EventStoreProcessRecorder

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        self._beside: list[SQLiteDatastore] = []
        self._made: list[StoreRecorder] = []
        name = self.env.get(self.EVENTS_DB)
        if not name:
            msg = f"{self.EVENTS_DB} is not set: where is the log?"
            raise OSError(msg)
        if name == ":memory:":
            folder = tempfile.mkdtemp()
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            name = f"{folder}/events.db"
        self.path = Path(name)
        id_type = self.env.get(self.ORIGINATOR_ID_TYPE, "uuid") or "uuid"
        if id_type.lower() not in {"uuid", "text"}:
            msg = f"{self.ORIGINATOR_ID_TYPE} is uuid or text, not {id_type!r}"
            raise OSError(msg)
        self._is_uuid = id_type.lower() == "uuid"

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        path = self.path.with_name(f"{self.path.stem}-{purpose}.db")
        id_type: Literal["uuid", "text"] = "uuid" if self._is_uuid else "text"
        beside = SQLiteDatastore(str(path), originator_id_type=id_type)
        self._beside.append(beside)
        recorder = self.aggregate_recorder_class(beside, "stored_" + purpose)
        recorder.create_table()
        return recorder

    def application_recorder(self) -> ApplicationRecorder:
        topic = self.env.get(self.APPLICATION_RECORDER_TOPIC)
        kind = resolve_topic(topic) if topic else self.application_recorder_class
        made: ApplicationRecorder = self._make(kind, self.path)
        return made

    def tracking_recorder(
        self, tracking_recorder_class: type[TrackingRecorder] | None = None
    ) -> TrackingRecorder:
        topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
        kind = tracking_recorder_class or self.tracking_recorder_class
        kind = resolve_topic(topic) if topic else kind
        tracking: TrackingRecorder = self._make(kind, self.path)
        return tracking

    def process_recorder(self) -> ProcessRecorder:
        topic = self.env.get(self.PROCESS_RECORDER_TOPIC)
        kind = resolve_topic(topic) if topic else self.process_recorder_class
        process: ProcessRecorder = self._make(kind, self.path)
        return process

    def close(self) -> None:
        for recorder in self._made:
            recorder.close()
        self._made.clear()
        for datastore in self._beside:
            datastore.close()
        self._beside.clear()

    def _make(self, kind: type, path: Path) -> Any:
        recorder = kind(self._acquire(path), is_uuid=self._is_uuid)
        self._made.append(recorder)
        return recorder

    @contextmanager
    def following(self, progress: shared.Progress) -> Iterator[None]:
        """Catch up with the log, telling how far that is; recorders then need not."""
        store = self._acquire(self.path, progress)
        try:
            yield
        finally:
            shared.release(store)

    def _acquire(
        self, path: Path, progress: shared.Progress = shared.silent
    ) -> shared.Store:
        if not self.env.get(self.KAFKA_BOOTSTRAP_SERVERS):
            return shared.acquire(path)
        patience_seconds = start_seconds(self.env.get)
        return shared.acquire(path, self._open_kafka, progress, patience_seconds)

    def _open_kafka(self, is_new: bool) -> Log:  # noqa: FBT001 -- OpenLog
        """Kafka's client takes 0.3 s to import: a node that runs alone goes without."""
        from infra.event_store import kafka_log  # noqa: PLC0415 -- as said

        topic = self.env.get(self.KAFKA_TOPIC) or "events"
        return kafka_log.open_log(self.env.get, topic, may_create=is_new)
