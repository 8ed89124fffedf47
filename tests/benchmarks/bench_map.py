"""The live map with many trucks that all move every second, in a real browser."""

import resource
import socket
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import sync_playwright

from api import live_stream
from tests.benchmarks import realtime
from tests.benchmarks.driving import driven, populate
from tests.benchmarks.harness import compared
from tests.browser.conftest import CHROMIUM, QUIET, sign_in
from tests.integration.conftest import Served

SIZES = (100, 1000, 10_000)
SECONDS, SETTLED = 20, 4
FPS, PAINT_MS, SEEN_MS = 60, 100, 1200
STREAMS = 100
PAGE_KB, PAINT, ANSWER_MS = 500, 1000, 100
PAGESIZE = resource.getpagesize()
HEAR = """() => {
  const Real = window.EventSource;
  window.EventSource = class extends Real {
    addEventListener(name, take) {
      super.addEventListener(name, (event) => {
        const at = event.data.lastIndexOf('"sent":');
        if (window.seen && !event.data.includes('"moved":{}'))
          seen.sent.push(parseFloat(event.data.slice(at + 7)));
        take(event);
      });
    }
  };
}"""
"""When the node sent what the page is just taking; also in `realtime`."""
COUNT = """(ids) => {
  const lons = new Map();
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  const seen = (window.seen = { frames: 0, sent: [], painted: [], facts: [] });
  const beat = () => { seen.frames += 1; requestAnimationFrame(beat); };
  requestAnimationFrame(beat);
  seen.paint = (lonOf) => setTimeout(() => {
    for (const sent of seen.sent.splice(0)) seen.painted.push(1000 * (now() - sent));
    for (const id of ids) {
      const lon = lonOf(id);
      if (lon == null || lon === lons.get(id)) continue;
      lons.set(id, lon);
      seen.facts.push([id, lon, now()]);
    }
  });
}"""
"""`paint` is called in the frame that draws."""
WATCH = """() => {
  const show = greenchannel.layer.show.bind(greenchannel.layer);
  greenchannel.layer.show = (...given) => {
    show(...given);
    seen.paint((id) => greenchannel.store.trucks.get(id)?.lon);
  };
}"""


def run():
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd()) as folder,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        rows = [
            row
            for size in SIZES
            for row in measured(Path(folder) / str(size), browser, size)
        ]
        browser.close()
        rows += watched(Path(folder) / "streams")
    return rows


def measured(folder, browser, size):
    node = Served(folder)
    populate(node, size)
    body = {"name": "bench", "roles": ["coordinator"]}
    link = node.client("operator").post("/v1/invitations", json=body).json()["link"]
    page = browser.new_page()
    page.add_init_script(f"({HEAR})()")
    sign_in(page, link, f"{node.url}/map")
    if size == SIZES[0]:
        yield from weighed(page)
    with stamped(), driven(node, size) as drive:
        ours = watch(page, drive, WATCH)
        realtime.install(node)
        page.goto(f"{node.url}/peer")
        theirs = watch(page, drive)
    page.close()
    node.stop()
    name, peer = f"{size:,} trucks", "folium's Realtime"
    yield compared(f"{name}: frames a second", ours.fps, "fps", "wanted", FPS, 0.8)
    for work, allowed, mine, other in (
        ("from sent to painted", PAINT_MS, ours.painted_ms, theirs.painted_ms),
        ("from accepted to painted", SEEN_MS, ours.seen_ms, theirs.seen_ms),
    ):
        whole = f"{name}: ms allowed {work}, 95 %"
        yield compared(whole, allowed, "ms", "ms taken", mine, 1.0)
        whole = f"{name}: {peer}, ms {work}, 95 %"
        yield compared(whole, other, "ms", "ms taken by ours", mine, 1.0)
    whole = f"{name}: frames a second"
    yield compared(f"{whole}, {peer}", ours.fps, "fps", peer, theirs.fps, 0.9)


@contextmanager
def stamped():
    """Each message says when it was sent; only here, for a page needs no such thing."""
    kept, live_stream.encoded = live_stream.encoded, lambda *told: sent(kept(*told))
    try:
        yield
    finally:
        live_stream.encoded = kept


def sent(message):
    return message.removesuffix(b"}\n\n") + b',"sent":%.6f}\n\n' % time.time()


class Watched(NamedTuple):
    fps: float
    painted_ms: float
    seen_ms: float


def watch(page, drive, *scripts):
    """Within how many milliseconds 19 of 20 messages, and facts, are painted."""
    page.wait_for_timeout(4000)
    for script in (COUNT, *scripts):
        page.evaluate(script, [f"firm.b{n}" for n in drive.facts])
    begun = time.time()
    page.wait_for_timeout(SECONDS * 1000)
    seen = page.evaluate("() => seen")
    waits = [
        min((at for name, had, at in seen["facts"] if name == id_ and had >= lon))
        - accepted
        for id_, lon, accepted in drive.accepted()
        if begun <= accepted <= begun + SECONDS - SETTLED
    ]
    late = [1000 * wait for wait in waits]
    fps = seen["frames"] / SECONDS
    return Watched(fps, most(seen["painted"]), most(late))


def most(found):
    return sorted(found)[int(len(found) * 0.95)]


def weighed(page):
    """What the first visit fetches, uncompressed, and when something is painted."""
    page.wait_for_timeout(1500)
    found = page.evaluate(
        "() => performance.getEntriesByType('resource')"
        ".filter((one) => !one.name.includes('/v1/'))"
        ".reduce((sum, one) => sum + one.decodedBodySize, 0) / 1024"
    )
    paint = page.evaluate(
        "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    yield compared("KB allowed for the page", PAGE_KB, "KB", "KB", found, 1.0)
    yield compared("ms allowed until first paint", PAINT, "ms", "ms", paint, 1.0)


def watched(folder):
    """A hundred open maps of 1,000 trucks: what the API's other callers notice."""
    node = Served(folder)
    populate(node, 1000)
    with driven(node, 1000):
        asking = node.as_("coordinator", "")
        alone = answered(asking)
        before = used()
        maps = [listen(node, asking.headers["Authorization"]) for _ in range(STREAMS)]
        together = answered(asking)
        after = used()
        heard = sum(len(one.recv(1 << 20)) > 0 for one in maps)
        for one in maps:
            one.close()
    node.stop()
    assert heard == STREAMS
    work = f"ms allowed for 99 % of answers, {STREAMS} open maps"
    peer = f"ms taken ({alone:.1f} without)"
    answers = compared(work, ANSWER_MS, "ms", peer, together, 1.0)
    seconds, cpu, megabytes = (b - a for a, b in zip(before, after, strict=True))
    work = f"percent of a core allowed, {STREAMS} open maps"
    core = compared(work, 100, "%", "% taken", 100 * cpu / seconds, 1.0)
    work = f"MB allowed for {STREAMS} open maps"
    memory = compared(work, STREAMS, "MB", "MB taken", max(megabytes, 0.1), 1.0)
    return [answers, core, memory]


def used():
    """Seconds of the clock and of the processor, MB that are resident."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return time.perf_counter(), time.process_time(), pages * PAGESIZE / 2**20


def answered(client):
    """Milliseconds within which 99 of 100 answers come."""
    spent = []
    for _ in range(300):
        begun = time.perf_counter()
        client.get("/v1/alerts").raise_for_status()
        spent.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.01)
    return sorted(spent)[int(len(spent) * 0.99)]


def listen(node, key):
    """A raw socket; what it is sent is read by nobody until the end."""
    host, port = node.url.removeprefix("http://").split(":")
    opened = socket.create_connection((host, int(port)), timeout=30)
    lines = f"GET /v1/live-map/stream HTTP/1.1\r\nHost: {host}\r\nAuthorization: {key}"
    opened.sendall(f"{lines}\r\n\r\n".encode())
    return opened
