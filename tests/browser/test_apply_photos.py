"""Photographs: made small in the browser, and sent again when the line breaks."""

import pytest

from tests.browser.network import intercept

pytestmark = pytest.mark.browser
PHOTOS = "/modules/apply/photos.js"
SHRINK = f"""async ([make, kind]) => {{
  const {{ shrink }} = await import('{PHOTOS}');
  const file = await MAKE[make]();
  try {{
    const blob = await shrink(file, kind);
    const {{ width, height }} = await createImageBitmap(blob).catch(() => ({{}}));
    return {{ type: blob.type, size: blob.size, width, height }};
  }} catch (error) {{ return {{ code: error.code }}; }}
}}"""
MAKE = """() => { window.MAKE = {
  noise: () => picture(4000, 3000, "image/png"),
  small: () => picture(800, 600, "image/jpeg"),
  tall: () => picture(1000, 3200, "image/webp"),
  text: () => new File(["not a picture"], "licence.jpg", { type: "image/jpeg" }),
  pdf: () => new File(["%PDF-1.4"], "form.pdf", { type: "application/pdf" }),
  long: () => new File(["x".repeat(5 << 20)], "f.pdf", { type: "application/pdf" }),
  huge: () => new File([new ArrayBuffer(81 << 20)], "x.jpg", { type: "image/jpeg" }),
};
async function picture(width, height, type) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  for (let i = 0; i < 4000; i += 1) {
    pen.fillStyle = `hsl(${i * 7} 80% ${i % 100}%)`;
    pen.fillRect((i * 97) % width, (i * 53) % height, 60, 60);
  }
  return new Promise((done) => canvas.toBlob(done, type, 0.95));
} }"""
SEND = f"""async () => {{
  const {{ send }} = await import('{PHOTOS}');
  const photo = {{ kind: "crew_id", blob: new Blob(["x"], {{ type: "image/jpeg" }}) }};
  let told = 0;
  await send(photo, () => (told += 1)).catch(() => 0);
  return {{ hash: photo.hash, problem: photo.problem, told }};
}}"""


@pytest.fixture
def lab(page):
    page.goto("/sign-in")
    page.evaluate(MAKE)
    return page


@pytest.mark.parametrize(
    ("make", "width", "height"),
    [("noise", 1600, 1200), ("tall", 500, 1600), ("small", 800, 600)],
)
def test_a_photograph_becomes_a_small_jpeg(lab, make, width, height):
    found = lab.evaluate(SHRINK, [make, "driving_licence"])

    assert (found["width"], found["height"]) == (width, height)
    assert found["type"] == "image/jpeg"
    assert found["size"] < 1 << 20


@pytest.mark.parametrize(
    ("make", "kind", "code"),
    [
        ("text", "driving_licence", "photo_unreadable"),
        ("pdf", "driving_licence", "photo_unreadable"),
        ("long", "application_form", "pdf_large"),
        ("huge", "crew_id", "photo_large"),
    ],
)
def test_what_is_no_photograph_is_said_to_be_none(lab, make, kind, code):
    assert lab.evaluate(SHRINK, [make, kind]) == {"code": code}


def test_a_form_may_be_a_pdf(lab):
    found = lab.evaluate(SHRINK, ["pdf", "application_form"])

    assert (found["type"], found["size"]) == ("application/pdf", 8)


def test_a_broken_line_is_tried_again_with_progress(lab):
    tries = []

    def answer(route):
        tries.append(route)
        if len(tries) < 3:
            return route.abort()
        return route.fulfill(status=201, json={"hash": "a" * 64})

    intercept(lab, "**/v1/documents", answer)

    found = lab.evaluate(SEND)

    assert found["hash"] == "a" * 64
    assert found["problem"] == ""
    assert len(tries) == 3


def test_a_refused_photograph_is_not_sent_again(lab):
    tries = []

    def answer(route):
        tries.append(route)
        return route.fulfill(status=415, json={"code": "document-type"})

    intercept(lab, "**/v1/documents", answer)

    assert lab.evaluate(SEND)["problem"] == "document-type"
    assert len(tries) == 1
