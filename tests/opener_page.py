"""The browser's opener on a bare page: no node, nothing but the modules of web/."""

import base64
from pathlib import Path

WEB = Path(__file__).parent.parent / "web"
ORIGIN = "http://localhost"
TYPES = {".js": "text/javascript", ".html": "text/html", ".json": "application/json"}
OPEN = """async ({ root, trustList, texts, now }) => {
  const { openPass } = await import("/modules/passes/open.js");
  const { openTrustList } = await import("/modules/passes/lists.js");
  const bytes = Uint8Array.from(atob(trustList), (c) => c.charCodeAt(0));
  const trust = await openTrustList(bytes, root);
  const found = [];
  for (const text of texts) {
    try {
      const told = await openPass(text, trust, now);
      found.push(told.number || told.pass ? "ACCEPTED" : told.problem);
    } catch (error) {
      found.push(`CRASH ${error}`);
    }
  }
  return found;
}"""


def bare_page(browser):
    """A page of localhost, which may use WebCrypto, with our modules under it."""
    page = browser.new_context().new_page()
    page.route(f"{ORIGIN}/**", _serve)
    page.goto(f"{ORIGIN}/bare")
    return page


def open_all(browser, forge, texts, now):
    """What openPass says of each text: a code, ACCEPTED, or CRASH."""
    page = bare_page(browser)
    told = {
        "root": root_of(forge),
        "trustList": in_base64(forge.trust_list),
        "now": now,
    }
    found = []
    for start in range(0, len(texts), 2000):
        found += page.evaluate(OPEN, {**told, "texts": texts[start : start + 2000]})
    page.context.close()
    return found


def root_of(forge):
    """As GET /v1/trust-root gives it."""
    numbers = forge.root.public.public_key.public_numbers()
    return {
        "kid": forge.root.kid.hex(),
        "x": in_base64url(numbers.x.to_bytes(32, "big")),
        "y": in_base64url(numbers.y.to_bytes(32, "big")),
    }


def in_base64(raw):
    return base64.b64encode(raw).decode()


def in_base64url(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _serve(route):
    path = route.request.url.removeprefix(ORIGIN + "/").partition("?")[0]
    file = WEB / path
    if path == "bare":
        route.fulfill(
            body="<!doctype html><title>bare</title>", content_type="text/html"
        )
    elif file.is_file():
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
    else:
        route.fulfill(status=404)
