// How an application stands, for whoever holds its reference: it stays in the fragment.
import { ask, repeat } from "/modules/client.js";
import { clocks } from "/modules/clocks.js";
import { by, made } from "/modules/dom.js";
import { clock } from "/modules/format.js";
import { explain } from "/modules/problems.js";
import { plain, redraw } from "/modules/redraw.js";
import { loadTexts, switchLanguage, text } from "/modules/texts.js";

const EVERY_MS = 15_000;
const COLOURS = { approved: "good", information_requested: "warn", suspended: "warn", refused: "bad", revoked: "bad" };
let reference = "";
let found = null;

async function look() {
  if (!reference) return;
  if (!found) by("hint").textContent = text("loading");
  try {
    found = await ask("/v1/pass-status", { reference });
    by("said").textContent = "";
  } catch (error) {
    by("said").textContent = explain(error);
    if (error.code === "reference-not-found") found = null;
  }
  by("hint").textContent = text("status.hint");
  draw();
}

function draw() {
  by("standing").hidden = !found;
  by("form").hidden = Boolean(found) && !by("said").textContent;
  if (!found) return;
  const head = made("div", "head");
  head.append(made("b", `plate big ${found.plate_kind}`, found.plate), made("strong", COLOURS[found.status] ?? "", text(`status.is.${found.status}`)));
  const issuer = [found.issuer_name, found.issuer_phone && text("status.call", { phone: found.issuer_phone })].filter(Boolean).join(" · ");
  const lines = [head, made("p", "small", issuer), clocks(found), ...details()];
  redraw(by("standing"), lines.map((line, i) => plain(i, line)));
}

function details() {
  const parts = [];
  if (found.missing.length) {
    const list = made("ul");
    list.append(...found.missing.map((what) => made("li", "", what)));
    parts.push(made("p", "warn", text("status.missing")), list);
  }
  if (found.reason) parts.push(made("p", "bad", text("status.reason", { reason: found.reason })));
  if (found.number) parts.push(made("p", "", text("apply.number", { number: found.number })));
  if (found.valid_until) parts.push(made("p", "", `${clock(found.valid_from)} – ${clock(found.valid_until)}`));
  if (found.pass_path) parts.push(made("a", "button strong", text("status.open"), { href: `${found.pass_path}#${reference}` }));
  parts.push(made("p", "small", text("status.read_at", { time: clock(found.now) })));
  return parts;
}

// A pasted link or the bare 32 characters, in any case.
function parsed(said) {
  const plain = said.slice(said.lastIndexOf("#") + 1).replace(/[\s-]+/g, "").toLowerCase();
  return /^[0-9a-f]{32}$/.test(plain) ? plain : "";
}

async function follow(said) {
  reference = parsed(said);
  found = null;
  by("said").textContent = reference || !said ? "" : text("status.wrong");
  draw();
  await look();
}

await loadTexts();
switchLanguage(draw);
by("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const told = parsed(by("reference").value);
  if (told) location.hash = told;
  follow(by("reference").value || " ");
});
addEventListener("hashchange", () => parsed(location.hash) !== reference && follow(location.hash));
await follow(location.hash);
repeat(look, EVERY_MS);
