"""Opening passes in Python and Chromium; sizes of lists and sheets."""

import random
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from types import SimpleNamespace

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSE, COSEKey
from msgspec.structs import replace
from playwright.sync_api import sync_playwright

from domain import events as e
from domain.values import PlateKind
from infra.passes.lists import Lists
from infra.passes.opener import open_pass
from infra.passes.sheet import sign_sheet
from infra.passes.status import Status, StatusList, entries_of, sign_status_list
from infra.passes.text import from_text
from infra.views.view import SqliteView
from projections.checkpoint_board import CheckpointBoard
from projections.clearance import Clearance
from projections.live_routes import LiveRoutes
from projections.pass_book import PassBook
from projections.register import Register
from projections.signing_keys import SigningKeys
from tests.benchmarks import bench_checkpoint, sealing
from tests.benchmarks.harness import Stalls, compared
from tests.browser.conftest import CHROMIUM, QUIET
from tests.forge import LONGEST_BODY, NOW, SHEET, Forge, the_pass
from tests.opener_page import bare_page, in_base64, root_of

ROUNDS = 2000
TEN_THOUSAND, MILLION = 10_000, 1_000_000
IN_BROWSER = """async ({ root, trustList, text, now, rounds }) => {
  const { openPass } = await import("/modules/passes/open.js");
  const { openTrustList } = await import("/modules/passes/lists.js");
  const bytes = Uint8Array.from(atob(trustList), (c) => c.charCodeAt(0));
  const trust = await openTrustList(bytes, root);
  const begun = performance.now();
  for (let round = 0; round < rounds; round++) await openPass(text, trust, now);
  return ((performance.now() - begun) * 1000) / rounds;
}"""


def run():
    forge = Forge()
    text = forge.text(the_pass(body=LONGEST_BODY))
    own = [*opening(forge, text), in_chromium(forge, text), *sizes(forge), *making()]
    return [*own, *sealing.run(), *bench_checkpoint.run()]


def opening(forge, text):
    county = forge.keys["county"]
    public = county.public.public_key.public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    theirs = COSEKey.from_pem(public, alg="ES256", kid=county.kid)
    frame, cose = from_text(text), COSE.new()
    ours = taken(lambda: open_pass(text, forge.trust, NOW))
    peer = taken(lambda: cose.decode(frame, theirs))
    yield compared(
        "the longest pass opened, text to claims",
        1e6 / ours,
        "passes/s",
        "cwt's COSE.decode of its bytes alone",
        1e6 / peer,
        0.3,
    )
    yield compared(
        "µs allowed to open the longest pass in Python", 5000, "µs", "µs taken", ours, 1
    )


def in_chromium(forge, text):
    told = {"root": root_of(forge), "trustList": in_base64(forge.trust_list)}
    told |= {"text": text, "now": NOW, "rounds": ROUNDS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        found = bare_page(browser).evaluate(IN_BROWSER, told)
        browser.close()
    work = "µs allowed to open the longest pass in Chromium"
    return compared(work, 5000, "µs", "µs taken", found, 1.0)


def sizes(forge):
    key = forge.keys["lists"]
    for count, kib in ((TEN_THOUSAND, 2), (MILLION, 64)):
        packed = sign_status_list(a_status_list(count), key)
        yield compared(
            f"KiB allowed for a status list, {count:,} passes, 1 % ended",
            kib,
            "KiB",
            "KiB",
            len(packed) / 1024,
            1.0,
        )
    for count, kib in ((TEN_THOUSAND, 600), (MILLION, 60_000)):
        packed = sign_sheet(a_sheet(count), 1, NOW, key)
        yield compared(
            f"KiB allowed for a lane sheet of {count:,} rows, 60 B each",
            kib,
            "KiB",
            "KiB",
            len(packed) / 1024,
            1.0,
        )


def a_status_list(count):
    chance = random.Random(1)
    ended = chance.sample(range(min(count, 10**6)), count // 100)
    kinds = (Status.INVALID, Status.INVALID, Status.SUSPENDED)
    told = {index: chance.choice(kinds) for index in ended}
    return StatusList(370323, 1, NOW, entries_of(told))


def a_sheet(count):
    chance = random.Random(1)
    letters = "23456789ABCDEFGHJKMNPQRSTVWXY"
    rows = tuple(
        replace(
            SHEET.rows[0],
            number=f"370323{number:06d}",
            short_code="".join(chance.choices(letters, k=8)),
            plate=f"鲁C{chance.randrange(10**5):05d}",
            valid_from=NOW - chance.randrange(10**6),
            valid_until=NOW + chance.randrange(10**6),
            disinfected_until=NOW + chance.randrange(10**4),
            last_time=NOW - chance.randrange(10**5),
            window_from=0,
            window_until=0,
        )
        for number in range(count)
    )
    return replace(SHEET, rows=rows)


def making():
    """A sheet of 10,000 rows, from read models; it is made apart and rarely."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        views = stocked(Path(folder))
        now = datetime.fromtimestamp(NOW, UTC)
        lists = Lists(views, _NoPositions(), _OneKey(), lambda: now)
        begun = perf_counter()
        with Stalls() as stalls:
            document = lists.lane_sheet("CP1")
        spent = (perf_counter() - begun) * 1000
        with Stalls() as idle:
            sleep(spent / 1000)
        assert len(document.body) > TEN_THOUSAND
        for view in views.values():
            view.close()
    work = "ms allowed to make a lane sheet of 10,000 rows"
    yield compared(work, 5000, "ms", "ms taken", spent, 1)
    work = f"ms another thread may wait meanwhile (idle: {idle.longest_ms:.1f})"
    yield compared(work, 15, "ms", "ms waited, longest", stalls.longest_ms, 1)


def stocked(folder):
    now = datetime.fromtimestamp(NOW, UTC)
    week = {
        "valid_from": now - timedelta(days=1),
        "valid_until": now + timedelta(days=6),
    }
    point = {"lon": 118.13, "lat": 36.24}
    post = e.CheckpointOpened(
        originator_id="checkpoint:CP1",
        event_time=now,
        name="CP1",
        lane="l1",
        point=point,
    )
    events = [post]
    for number in range(TEN_THOUSAND):
        plate = {"plate": f"鲁C{number:05d}", "plate_kind": PlateKind.BLUE}
        stamp = {"originator_id": f"pass:p{number}", "event_time": now}
        events.append(e.PassRequested(**stamp, **plate, **week, lane="l1"))
        events.append(
            e.PassApproved(
                **stamp,
                **plate,
                **week,
                lane="l1",
                issuer="county",
                number=f"370323{number:06d}",
                short_code="23456789",
            )
        )
    return {model.name: _view(folder, model, events) for model in MODELS}


MODELS = (
    CheckpointBoard(),
    Clearance(),
    LiveRoutes(),
    PassBook(),
    Register(),
    SigningKeys(),
)


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


def taken(work):
    """µs, the median of many."""
    found = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        found.append((perf_counter() - begun) * 1e6)
    return median(found)
