"""Opening passes in Python and Chromium; sizes of lists and sheets."""

import random
from statistics import median
from time import perf_counter

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSE, COSEKey
from msgspec.structs import replace
from playwright.sync_api import sync_playwright

from infra.passes.opener import open_pass
from infra.passes.sheet import sign_sheet
from infra.passes.status import Status, StatusList, entries_of, sign_status_list
from infra.passes.text import from_text
from tests.benchmarks import bench_checkpoint, bench_desk, making, sealing
from tests.benchmarks.harness import compared
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
    own = [*opening(forge, text), in_chromium(forge, text), *sizes(forge)]
    pages = [*bench_checkpoint.run(), *bench_desk.run()]
    return [*own, *making.run(), *sealing.run(), *pages]


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


def taken(work):
    """µs, the median of many."""
    found = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        found.append((perf_counter() - begun) * 1e6)
    return median(found)
