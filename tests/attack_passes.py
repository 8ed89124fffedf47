"""`make attack-passes N=100000`: altered passes, and what two openers make of them.

An altered pass differs in the bytes that were signed, or somebody else signed it. None
may be accepted, and none may end an opener in another way than a refusal.
"""

import random
import sys
import zlib
from collections import Counter
from time import perf_counter

from base45 import b45encode
from playwright.sync_api import sync_playwright

from infra.passes.claims import BODY, CTI, EXP, ISS, NBF, to_claims
from infra.passes.envelope import Kind
from infra.passes.opener import open_pass
from infra.passes.refused import Refused
from infra.passes.text import PREFIX, from_text, to_text
from tests.browser.conftest import CHROMIUM, QUIET
from tests.forge import LONGEST_BODY, NOW, Forge, dumps, the_pass
from tests.opener_page import open_all
from tests.spoilt import spoilt

SEED = 20200216


class Attack:
    """Endless altered passes: `tried` counts them by kind."""

    def __init__(self, seed=SEED):
        self.chance = random.Random(seed)
        self.forge = Forge()
        self.tried = Counter()
        bodies = (the_pass(), the_pass(body=LONGEST_BODY, number="370323000418"))
        self._claims = [to_claims(one) for one in bodies]
        self._frames = [self.forge.signed(told) for told in self._claims]
        self._known = set(self._frames)
        self._ways = (
            self.flip,
            self.rewrite,
            self.cut,
            self.insert,
            self.noise,
            self.splice,
            self.retell,
            self.sign_anew,
            self.packed,
            self.as_text,
        )

    def texts(self, count):
        """So many, none of which holds a pass as it was signed."""
        for name, text, _ in spoilt(self.forge):
            self.tried[f"by hand: {name}"] += 1
            yield text
        made = sum(self.tried.values())
        while made < count:
            way = self._ways[made % len(self._ways)]
            text = way()
            if not self._is_as_signed(text):
                self.tried[way.__name__] += 1
                made += 1
                yield text

    def flip(self):
        frame = bytearray(self._frame())
        for _ in range(self.chance.choice((1, 1, 2, 8))):
            frame[self.chance.randrange(len(frame))] ^= 1 << self.chance.randrange(8)
        return to_text(bytes(frame))

    def rewrite(self):
        frame = bytearray(self._frame())
        for _ in range(self.chance.choice((1, 2, 4))):
            frame[self.chance.randrange(len(frame))] = self.chance.randrange(256)
        return to_text(bytes(frame))

    def cut(self):
        frame = self._frame()
        at = self.chance.randrange(len(frame))
        return to_text(frame[:at] + frame[at + self.chance.randrange(1, 9) :])

    def insert(self):
        frame = self._frame()
        at = self.chance.randrange(len(frame) + 1)
        new = self.chance.randbytes(self.chance.randrange(1, 9))
        return to_text(frame[:at] + new + frame[at:])

    def noise(self):
        start = self.chance.choice((b"\xd2\x84", b"\xd2", b"\xa1", b"\x78\x9c"))
        return to_text(start + self.chance.randbytes(self.chance.randrange(200)))

    def splice(self):
        """The head of one pass, the tail of another."""
        one, other = self._frames
        at = self.chance.randrange(len(one))
        return to_text(one[:at] + other[at - len(one) :])

    def retell(self):
        """Other claims under the signature of the true ones."""
        number = self.chance.randrange(len(self._frames))
        payload, frame = dumps(self._claims[number]), self._frames[number]
        changed = dumps(self._changed(self._claims[number]))
        return to_text(frame.replace(_head(payload), _head(changed)))

    def sign_anew(self):
        """Other claims, well signed, by a key that may not."""
        told = self._changed(self._claims[0])
        kid = self.forge.keys[self.chance.choice(("county", "lists"))].kid
        by, kid = self.chance.choice(
            (("attacker", kid), ("attacker", None), ("town", None))
        )
        kind = self.chance.choice((*Kind, Kind.PASS, Kind.PASS))
        return to_text(self.forge.signed(told, by, kind, kid))

    def packed(self):
        packed = bytearray(zlib.compress(self._frame(), self.chance.randrange(10)))
        packed[self.chance.randrange(2, len(packed))] ^= 1 << self.chance.randrange(8)
        return PREFIX + b45encode(bytes(packed)).decode()

    def as_text(self):
        text = list(to_text(self._frame()))
        for _ in range(self.chance.choice((1, 1, 3))):
            at = self.chance.randrange(len(text))
            text[at] = self.chance.choice("0123456789ABCXYZ $%*+-./:abc中\n\0é")
        return "".join(text)

    def _frame(self):
        return self.chance.choice(self._frames)

    def _changed(self, told):
        day = 86_400 * self.chance.randrange(1, 90)
        body = told[BODY] | {1: f"鲁X{self.chance.randrange(10**5):05d}"}
        return told | self.chance.choice(
            (
                {BODY: body},
                {EXP: told[EXP] + day},
                {NBF: told[NBF] - day},
                {ISS: f"CN-370323-{self.chance.randrange(10**6)}"},
                {CTI: self.chance.randbytes(5)},
                {BODY: told[BODY] | {12: self.chance.randrange(3, 60)}},
            )
        )

    def _is_as_signed(self, text):
        """Whether the text still holds a frame of ours, or the same in another form."""
        try:
            return from_text(text) in self._known
        except Refused:
            return False


def _head(payload):
    return dumps(payload)


def in_python(attack, texts):
    """What became of each: a refusal's code, or what must not happen."""
    found = Counter()
    for text in texts:
        try:
            open_pass(text, attack.forge.trust, NOW)
            found["ACCEPTED"] += 1
        except Refused as refused:
            found[refused.code] += 1
        except Exception as error:  # noqa: BLE001 -- a crash is what is looked for
            found[f"CRASH {type(error).__name__}"] += 1
    return found


def in_chromium(attack, texts):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        found = in_page(browser, attack, texts)
        browser.close()
    return found


def in_page(browser, attack, texts):
    return Counter(open_all(browser, attack.forge, texts, NOW))


def failures(found):
    return {k: n for k, n in found.items() if k.split()[0] in {"ACCEPTED", "CRASH"}}


def main(count):
    attack = Attack()
    begun = perf_counter()
    texts = list(attack.texts(count))
    results = {"Python": in_python(attack, texts)}
    print(f"{len(texts):,} altered passes in {perf_counter() - begun:.0f} s")
    for kind, number in attack.tried.most_common():
        if not kind.startswith("by hand"):
            print(f"  {kind:<12} {number:>8,}")
    by_hand = sum(n for kind, n in attack.tried.items() if kind.startswith("by hand"))
    print(f"  {'by hand':<12} {by_hand:>8,}")
    begun = perf_counter()
    results["Chromium"] = in_chromium(attack, texts)
    print(f"and in Chromium in {perf_counter() - begun:.0f} s")
    for opener, found in results.items():
        bad = failures(found)
        crashed = sum(n for kind, n in bad.items() if kind != "ACCEPTED")
        print(f"{opener}: {sum(found.values()):,} opened,", end=" ")
        print(f"{bad.get('ACCEPTED', 0)} accepted, {crashed} crashes")
        print("  " + ", ".join(f"{code} {n:,}" for code, n in found.most_common()))
    return 1 if any(failures(found) for found in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
