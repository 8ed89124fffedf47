"""The library's suites for factories, applications and projections, unchanged."""

import os
from typing import ClassVar

from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteTrackingRecorder
from eventsourcing.tests.application import ExampleApplicationTestCase
from eventsourcing.tests.persistence import InfrastructureFactoryTestCase
from eventsourcing.tests.projection import (
    AggregateEventCountersProjectionTestCase,
    EventCountersView,
    EventSourcedProjectionTestCase,
)
from eventsourcing.utils import Environment

from infra.event_store.factory import EventStoreFactory
from infra.event_store.recorder import (
    EventStoreApplicationRecorder,
    EventStoreProcessRecorder,
    EventStoreTrackingRecorder,
)

MODULE = "infra.event_store"


class TrackingSubclass(EventStoreTrackingRecorder):
    pass


class TestFactory(InfrastructureFactoryTestCase):
    def setUp(self):
        self.env = Environment("TestCase")
        self.env["PERSISTENCE_MODULE"] = MODULE
        self.env["EVENTS_DB"] = ":memory:"
        super().setUp()

    def expected_factory_class(self):
        return EventStoreFactory

    def expected_aggregate_recorder_class(self):
        return SQLiteAggregateRecorder

    def expected_application_recorder_class(self):
        return EventStoreApplicationRecorder

    def expected_tracking_recorder_class(self):
        return EventStoreTrackingRecorder

    def tracking_recorder_subclass(self):
        return TrackingSubclass

    def expected_process_recorder_class(self):
        return EventStoreProcessRecorder


class TestExampleApplication(ExampleApplicationTestCase):
    expected_factory_topic = "infra.event_store.factory:EventStoreFactory"

    def setUp(self):
        os.environ.update(PERSISTENCE_MODULE=MODULE, EVENTS_DB=":memory:")

    def tearDown(self):
        del os.environ["PERSISTENCE_MODULE"], os.environ["EVENTS_DB"]


class TestEventSourcedProjection(EventSourcedProjectionTestCase):
    env: ClassVar = {"PERSISTENCE_MODULE": MODULE, "EVENTS_DB": ":memory:"}


class CountersView(SQLiteTrackingRecorder, EventCountersView):
    def construct_create_table_statements(self):
        counters = "CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, n INT)"
        return [*super().construct_create_table_statements(), counters]

    def get_created_event_counter(self):
        return self.count("created")

    def get_subsequent_event_counter(self):
        return self.count("subsequent")

    def incr_created_event_counter(self, tracking):
        self.add("created", tracking)

    def incr_subsequent_event_counter(self, tracking):
        self.add("subsequent", tracking)

    def count(self, name):
        with self.datastore.transaction(commit=False) as c:
            c.execute("SELECT n FROM counter WHERE name = ?", (name,))
            row = c.fetchone()
            return row[0] if row else 0

    def add(self, name, tracking):
        upsert = (
            "INSERT INTO counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n=n+1"
        )
        with self.datastore.transaction(commit=True) as c:
            c.execute(upsert, (name,))
            self._insert_tracking(c, tracking)


class TestCountersProjection(AggregateEventCountersProjectionTestCase):
    view_class = CountersView

    def setUp(self):
        self.env = {
            "PERSISTENCE_MODULE": MODULE,
            "EVENTS_DB": ":memory:",
            "EVENTCOUNTERS_PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "EVENTCOUNTERS_SQLITE_DBNAME": ":memory:",
        }


del (
    InfrastructureFactoryTestCase,
    ExampleApplicationTestCase,
    EventSourcedProjectionTestCase,
    AggregateEventCountersProjectionTestCase,
)
