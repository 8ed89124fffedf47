"""A complete application at the desk, by the keyboard alone: what it asks of a person.

Counted is what the page received and showed. The seconds are those of a keystroke-level
model (Card, Moran, Newell: The Keystroke-Level Model for User Performance Time with
Interactive Systems, Communications of the ACM 23(7), 1980), not of a timed person:

- K, a key: 0.28 s, their average typist who is no secretary.
- M, a decision: 1.35 s, one before every key, though `A` `A` is hardly two.
- R, the page's answer to each key, as it was measured.

Their model reads nothing. What is added for that:

- Characters at 260 a minute, digits as any other: 259.5 ± 38.2 were the fastest at
  which 30 students read Chinese (Wang, Lin, Guo: Visual requirement for
  Chinese reading with normal vision, Brain and Behavior 9, 2019, e01216).
  Who is practised knows a field by its place, and reads its value but not its label.
- A look of 5 s at each photograph, which is our assumption.
"""

import io
from collections import Counter
from time import perf_counter

import msgspec
from PIL import Image

from tests.applications import draft, submit

K, M = 0.28, 1.35
CHARACTERS_A_MINUTE = 260
LOOK = 5.0
ALLOWED = 90
PAPERS = ("driving_licence", "vehicle_licence", "crew_id")
PEOPLE = {
    "crew_count": 2,
    "driver": {
        "name": "王小明",
        "id_number": "11010519491231002X",
        "phone": "13800000000",
        "licence_class": "C1",
    },
    "crew": [{"name": "李小伴", "id_number": "440524188001010014"}],
}
WAY_BACK = {
    "return_from": "2020-02-17T08:00:00+08:00",
    "return_until": "2020-02-17T20:00:00+08:00",
}
WATCH = """(() => {
  const isNew = !globalThis.hands;
  globalThis.hands = { keys: 0, pointers: 0 };
  if (!isNew) return;
  const count = (name) => (event) => event.isTrusted && (hands[name] += 1);
  addEventListener("keydown", count("keys"), true);
  addEventListener("pointerdown", count("pointers"), true);
})()"""
INNER = "(css) => [...document.querySelectorAll(css)].map((one) => one.innerText)"
VALUES = (
    "#detail .head > :not(button), #detail .findings li, #detail .fields dd,"
    " #detail .people li, dialog[open] h2"
)
ALL = "#detail, dialog[open]"
PICTURES = """() => [...document.querySelectorAll("#detail .paper img")]
  .filter((one) => one.naturalWidth && one.offsetHeight).length"""


class Effort(msgspec.Struct, frozen=True):
    """`characters` are those of values, `characters_in_all` also those of labels."""

    keys: int
    pointers: int
    pictures: int
    characters: int
    characters_in_all: int
    response_seconds: float

    @property
    def seconds(self):
        return self._seconds(self.characters)

    @property
    def seconds_unpractised(self):
        """Who reads every label, every hint and both clocks."""
        return self._seconds(self.characters_in_all)

    def _seconds(self, characters):
        hands = self.keys * (K + M) + self.response_seconds
        return hands + self.pictures * LOOK + characters * 60 / CHARACTERS_A_MINUTE

    def __str__(self):
        return (
            f"{self.keys} keys, {self.pictures} photographs, {self.characters}"
            f" characters ({self.characters_in_all} with labels):"
            f" {self.seconds:.1f} s by the model ({self.seconds_unpractised:.1f} s)"
        )


def complete(served, pass_id, plate, contact="11:00"):
    """An application that lacks nothing: fields, people, photographs."""
    firm = served.as_("firm")
    papers = [{"kind": kind, "hash": uploaded(firm)} for kind in PAPERS]
    draft(served, pass_id, plate, contact)
    submit(served, pass_id, plate, documents=papers, **PEOPLE, **WAY_BACK)


def uploaded(firm):
    raw = io.BytesIO()
    Image.effect_noise((1600, 1000), 60).convert("RGB").save(raw, "JPEG", quality=60)
    headers = {"Content-Type": "image/jpeg"}
    answer = firm.post("/v1/documents", content=raw.getvalue(), headers=headers)
    return answer.raise_for_status().json()["hash"]


class Reviewer:
    """Reviews what is open, as it stands there; opens nothing by itself."""

    def __init__(self, page):
        self.page = page
        self.values, self.all = Counter(), Counter()
        self.response_seconds = 0.0

    def approve(self):
        """From the application that is open until the next one is."""
        self.page.evaluate(WATCH)
        plate = self.page.inner_text("#detail .plate.big")
        self.page.locator("#approve-it:enabled").wait_for()
        self.read()
        self.press("v", "#detail .people li")
        for number in range(1, self.page.locator("#detail .paper").count() + 1):
            self.press(str(number), f"#detail .paper:nth-of-type({number}) img")
        pictures = self.page.evaluate(PICTURES)
        self.press("a", "#approve[open]")
        after = f"#detail:not(:has(.plate.big:text-is('{plate}')))"
        self.press("a", f".desk:has(#said:has-text('{plate}')) {after}", is_last=True)
        return self.effort(pictures)

    def press(self, key, shows, *, is_last=False):
        begun = perf_counter()
        self.page.keyboard.press(key)
        self.page.locator(shows).first.wait_for()
        self.response_seconds += perf_counter() - begun
        if not is_last:
            self.read()

    def read(self):
        """Each line once, however often it is looked at."""
        self.values |= Counter(self.page.evaluate(INNER, VALUES))
        shown = "\n".join(self.page.evaluate(INNER, ALL))
        self.all |= Counter(shown.splitlines())

    def effort(self, pictures):
        hands = self.page.evaluate("() => hands")
        return Effort(
            keys=hands["keys"],
            pointers=hands["pointers"],
            pictures=pictures,
            characters=length(self.values),
            characters_in_all=length(self.all),
            response_seconds=self.response_seconds,
        )


def length(lines):
    """In characters that are seen."""
    return sum(len("".join(line.split())) * count for line, count in lines.items())
