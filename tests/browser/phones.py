"""A checkpoint's phone for tests: Chromium with a clock that can be set wrong."""

import io
from contextlib import suppress

import segno
from PIL import Image

from tests.passes import grant

CLOCK = """() => {
  const Real = Date;
  globalThis.phoneIsAhead = Number(localStorage.getItem("test.ahead") ?? "AHEAD");
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length) super(...given);
      else super(Real.now() + globalThis.phoneIsAhead);
    }
    static now() {
      return Real.now() + globalThis.phoneIsAhead;
    }
  };
}"""
FILL = """async ([count, device]) => {
  const store = await import("/modules/checkpoint/store.js");
  const { uuid7 } = await import("/modules/checkpoint/time.js");
  for (let i = 0; i < count; i += 1) {
    await store.add({ fact_id: uuid7(), kind: "scan", atMs: Date.now(), skewMs: 0,
      body: { checkpoint: "CP1", direction: "outward", plate: "鲁X03001",
        verdict: "green", decision: "admitted", device } });
  }
}"""
SCREEN = {"width": 390, "height": 844}


def cleared(served, plates):
    """Trucks with a pass (p0, p1 …) that were disinfected this morning."""
    post = served.as_("checkpoint")
    for number, plate in enumerate(plates):
        grant(served, f"p{number}", plate)
        body = {"fact_id": f"cleaned-{number:04}", "plate": plate}
        body |= {"station": "中庄消杀点", "agent": "84消毒液"}
        post.post("/v1/disinfections", json=body).raise_for_status()


class Phone:
    """`ahead_ms`: how far its clock is ahead of the machine's."""

    def __init__(self, browser, served, ahead_ms=0, at="", **more):
        self.served, self.at = served, at or served.url
        self.context = browser.new_context(
            base_url=self.at,
            viewport=SCREEN,
            has_touch=True,
            locale="zh-CN",
            **more,
        )
        script = CLOCK.replace("AHEAD", str(ahead_ms))
        self.context.add_init_script(f"({script})()")
        self.page = self.context.new_page()
        self.errors, self.strayed = [], []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._look)

    def _look(self, request):
        local = (self.at, "data:", "blob:")
        if not request.url.startswith(local):
            self.strayed.append(request.url)

    def enrol(self, checkpoint="CP1", name="手机 A"):
        """By a link; waits until it could work without a network."""
        body = {"name": name, "roles": ["checkpoint"], "checkpoint": checkpoint}
        operator = self.served.client("operator")
        link = operator.post("/v1/invitations", json=body).json()["link"]
        self.page.goto(link.replace(self.served.url, self.at))
        self.page.fill("#pin", "2468")
        self.page.click("[data-act=enrol]")
        self.page.locator("#freshness", has_text="辆").wait_for()
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => 1)")
        self.until("() => navigator.serviceWorker.controller !== null")
        return link.partition("#")[2].partition(".")[0]

    def set_clock(self, ahead_ms):
        """Also after a reload."""
        script = "ms => { globalThis.phoneIsAhead = ms;"
        script += " localStorage.setItem('test.ahead', ms) }"
        self.page.evaluate(script, ahead_ms)

    def until(self, expression, seconds=20):
        """wait_for_function compiles text, which the page's policy forbids."""
        for _ in range(seconds * 10):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(expression)

    def unsent(self):
        script = (
            """async () => (await import("/modules/checkpoint/store.js")).unsent()"""
        )
        return self.page.evaluate(script)

    def hurry(self):
        """Past the five seconds in which a decision can be undone, and ask again."""
        self.page.evaluate(
            """() => {
              globalThis.phoneIsAhead += 6000;
              dispatchEvent(new Event("online"));
            }"""
        )

    def until_sent(self):
        script = """async () =>
          (await (await import("/modules/checkpoint/store.js")).unsent()) === 0"""
        self.until(script)

    def by_list(self, plate):
        self.page.click("#by-list")
        self.page.locator(".truck", has_text=f"{plate[:2]}·{plate[2:]}").first.click()
        return self.verdict()

    def by_plate(self, plate):
        self.page.click("#by-plate")
        self.type_plate(plate)
        return self.verdict()

    def type_plate(self, plate):
        for sign in plate:
            self.page.click(f"#panel [data-sign='{sign}']")
        self.page.click("[data-act=plate-done]")

    def verdict(self):
        shown = self.page.locator("#verdict")
        shown.wait_for()
        return shown.get_attribute("class"), shown.get_attribute("data-reason")

    def decide(self, decision):
        self.page.click(f"#verdict [data-act={decision}]")
        self.until(
            """async () => !(await
              (await import("/modules/checkpoint/store.js")).get("open"))?.length"""
        )

    def close(self):
        with suppress(Exception):
            self.context.close()
        assert self.errors == [], self.errors
        assert self.strayed == [], self.strayed


def scans_of(served, device=""):
    """What the log holds, in its order: of every device, or of one."""
    recorder = served.node.application.recorder
    mapper = served.node.application.mapper
    last = recorder.max_notification_id()
    events = (
        mapper.to_domain_event(stored)
        for stored in recorder.select_notifications(1, last)
        if stored.topic == "greenchannel.PassScanned"
    )
    return [event for event in events if device in {"", event.device}]


def picture(text, size=(1280, 720), scale=9):
    """A frame as a camera sees it: the code on grey ground; without text, no code."""
    ground = Image.new("RGB", size, (118, 121, 116))
    if text:
        raw = io.BytesIO()
        segno.make(text, error="m", boost_error=False).save(
            raw, kind="png", scale=scale, border=4
        )
        code = Image.open(raw).convert("RGB")
        code.thumbnail((size[1] - 60, size[1] - 60))
        ground.paste(code, ((size[0] - code.width) // 2, (size[1] - code.height) // 2))
    return ground


def jpeg(image):
    raw = io.BytesIO()
    image.save(raw, "JPEG", quality=70)
    return raw.getvalue()


def clip(path, texts, frames_each):
    """An MJPEG that Chromium's fake camera plays at 30 frames a second, in a loop."""
    with path.open("wb") as file:
        for text in texts:
            file.write(jpeg(picture(text)) * frames_each)
    return path
