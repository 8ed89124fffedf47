"""The library's own suites for recorders, unchanged, on the embedded store."""

import tempfile

from eventsourcing.tests import persistence as suites

from infra.event_store import Factory


class Embedded:
    id_type = "uuid"

    def factory(self):
        made = Factory({"EVENTS_DB": self.db(), "ORIGINATOR_ID_TYPE": self.id_type})
        self.addCleanup(made.close)
        return made


class OnFile(Embedded):
    def db(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return f"{folder.name}/events.db"


class InMemory(Embedded):
    def db(self):
        return ":memory:"


class AggregateSuite(suites.AggregateRecorderTestCase):
    __test__ = False

    def create_recorder(self):
        return self.factory().aggregate_recorder()


class ApplicationSuite(suites.ApplicationRecorderTestCase):
    __test__ = False

    def create_recorder(self):
        return self.factory().application_recorder()

    def test_insert_subscribe(self):
        self.optional_test_insert_subscribe()


class ProcessSuite(suites.ProcessRecorderTestCase):
    __test__ = False

    def create_recorder(self):
        return self.factory().process_recorder()


class TrackingSuite(suites.TrackingRecorderTestCase):
    __test__ = False

    def create_recorder(self):
        return self.factory().tracking_recorder()


class GaplessSuite(suites.NonInterleavingNotificationIDsBaseCase):
    __test__ = False

    def create_recorder(self):
        return self.factory().application_recorder()


class TestAggregateOnFile(OnFile, AggregateSuite):
    __test__ = True


class TestAggregateInMemory(InMemory, AggregateSuite):
    __test__ = True


class TestApplicationOnFile(OnFile, ApplicationSuite):
    __test__ = True


class TestApplicationInMemory(InMemory, ApplicationSuite):
    __test__ = True


class TestProcessOnFile(OnFile, ProcessSuite):
    __test__ = True


class TestProcessInMemory(InMemory, ProcessSuite):
    __test__ = True


class TestTrackingOnFile(OnFile, TrackingSuite):
    __test__ = True


class TestTrackingInMemory(InMemory, TrackingSuite):
    __test__ = True


class TestGaplessOnFile(OnFile, GaplessSuite):
    __test__ = True


class TestGaplessInMemory(InMemory, GaplessSuite):
    __test__ = True
