"""What a serving process makes of ten thousand passes, and how others fare meanwhile.

The longest wait hides a convoy: a thread that never waits long, but at each turn. So
beside it stands how many turns such a thread got, of those beside an idle process.
"""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, sleep
from types import SimpleNamespace

from domain import events as e
from domain.values import PlateKind
from infra.garbage import freeze_what_stays
from infra.passes.lists import Lists
from infra.views.view import SqliteView
from projections import pass_record
from projections.checkpoint_board import CheckpointBoard
from projections.clearance import Clearance
from projections.gently import gentle
from projections.live_routes import LiveRoutes
from projections.model import Moment
from projections.pass_book import PassBook
from projections.pass_desk import PassDesk
from projections.pass_index import PassIndex
from projections.register import Register
from projections.signing_keys import SigningKeys
from tests.benchmarks.harness import Stalls, compared
from tests.forge import NOW, Forge

PASSES = 10_000
TIME = datetime.fromtimestamp(NOW, UTC)
MODELS = (
    CheckpointBoard(),
    Clearance(),
    LiveRoutes(),
    PassBook(),
    PassDesk(),
    PassIndex(),
    Register(),
    SigningKeys(),
)


def run():
    freeze_what_stays()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        views = stocked(Path(folder))
        lists = Lists(views, _NoPositions(), _OneKey(), lambda: TIME)
        yield from beside("a lane sheet", lambda: len(lists.lane_sheet("CP1").body))
        yield from beside("a weekly report", lambda: week(views).total.asked)
        for view in views.values():
            view.close()


def week(views):
    return pass_record.week_board(gentle(views), Moment(), TIME)


def beside(what, make):
    begun = perf_counter()
    with Stalls() as stalls:
        made = make()
    spent = (perf_counter() - begun) * 1000
    with Stalls() as idle:
        sleep(spent / 1000)
    assert made >= PASSES
    work = f"ms allowed to make {what} of {PASSES:,} passes"
    yield compared(work, 5000, "ms", "ms taken", spent, 1)
    work = f"{what}: ms another thread may wait"
    peer = f"ms waited, longest (idle: {idle.longest_ms:.1f})"
    yield compared(work, 15, "ms", peer, stalls.longest_ms, 1)
    work = f"{what}: turns of another thread meanwhile"
    yield compared(work, stalls.turns, "turns", "idle", idle.turns, 0.3)


def stocked(folder):
    week = {
        "valid_from": TIME - timedelta(days=1),
        "valid_until": TIME + timedelta(days=6),
    }
    point = {"lon": 118.13, "lat": 36.24}
    post = {"name": "CP1", "lane": "l1", "point": point, "event_time": TIME}
    events = [e.CheckpointOpened(originator_id="checkpoint:CP1", **post)]
    for number in range(PASSES):
        plate = {"plate": f"鲁C{number:05d}", "plate_kind": PlateKind.BLUE}
        stamp = {"originator_id": f"pass:p{number}", "event_time": TIME, **plate}
        told = {"first_contact_time": TIME, "issuer": "county", "organisation": "f"}
        given = {"number": f"370323{number:06d}", "short_code": "23456789"}
        events += [
            e.PassDrafted(**stamp, **told),
            e.PassRequested(**stamp, **week, lane="l1"),
            e.PassApproved(**stamp, **week, **given, lane="l1", issuer="county"),
        ]
    return {model.name: _view(folder, model, events) for model in MODELS}


def _view(folder, model, events):
    view = SqliteView(folder / f"{model.name}.db", model, None, is_durable=False)
    view.start("bench")
    view.apply(list(enumerate(events, start=1)))
    return view


class _NoPositions:
    """No truck is seen."""

    def scene(self):
        return SimpleNamespace(roads={})


class _OneKey:
    """A key for lists, ready."""

    _key = Forge().keys["lists"]

    def key_for(self, issuer, now):
        _ = issuer, now
        return self._key
