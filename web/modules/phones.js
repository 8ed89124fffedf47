// The phones of checkpoints: a QR code enrols one, a tap revokes one that was lost.
import { ask, repeat, stateOf } from "/modules/client.js";
import { button, by, made } from "/modules/dom.js";
import { clock } from "/modules/format.js";
import { drawLinks, signedIn } from "/modules/nav.js";
import { explain } from "/modules/problems.js";
import { box, part, plain, redraw } from "/modules/redraw.js";
import { drawState, emptyText } from "/modules/state.js";
import { loadTexts, switchLanguage, text } from "/modules/texts.js";

const EVERY_MS = 5000;
let posts = [];
let phones = null;
let state = "loading";
let me = null;

async function read(position) {
  const since = position ? `&min_position=${position}` : "";
  try {
    posts = (await ask(`/v1/checkpoint-board?limit=1000${since}`)).checkpoints;
    phones = (await ask(`/v1/phones?limit=1000${since}`)).phones;
    state = "live";
  } catch (error) {
    state = stateOf(error);
  }
  draw();
}

function draw() {
  drawState(state, "map.notice");
  const open = posts.filter((post) => post.is_open).map((post) => [post.checkpoint, post.name || post.checkpoint]);
  const others = (phones ?? []).map((phone) => phone.checkpoint).filter((code) => !open.some(([known]) => known === code));
  const groups = [...open, ...[...new Set(others)].map((code) => [code, code || text("phones.nowhere")])];
  const none = () => plain("none", made("p", "empty", emptyText(phones, state, "phones.no_posts")));
  redraw(by("groups"), groups.length ? groups.map(([code, name]) => group(code, name)) : [none()]);
}

function group(code, name) {
  const own = (phones ?? []).filter((phone) => phone.checkpoint === code);
  const rows = own.map((phone) => part(phone.device, phone, () => row(phone)));
  if (!own.length) rows.push(plain("none", made("p", "empty", emptyText(phones, state, "phones.none"))));
  if (code) rows.push(part("add", [code, name], () => button("phones.add", () => enrol(code, name))));
  return box(`at ${code}`, made("section", "panel"), [plain("title", made("h2", "", name)), ...rows]);
}

function row(phone) {
  const found = made("div", "place");
  const isLive = phone.status === "enrolled";
  const note = [text(`phones.status.${phone.status}`), phone.reason, text("phones.scans", { count: phone.scans, time: clock(phone.last_time) })];
  const actions = made("div", "actions");
  if (isLive) actions.append(button("phones.revoke", () => revoke(phone)));
  found.append(made("b", "", phone.name || phone.device), made("span", isLive ? "good" : "bad", note.filter(Boolean).join(" · ")), actions);
  return found;
}

async function enrol(checkpoint, post) {
  const name = window.prompt(text("phones.name"), text("phones.name_example", { post }));
  if (!name?.trim()) return;
  await tell(async () => {
    const invited = await ask("/v1/invitations", { name: name.trim(), roles: ["checkpoint"], checkpoint });
    by("editor").hidden = false;
    by("chosen").textContent = `${post} · ${name.trim()}`;
    by("code").src = invited.qr;
    by("code").alt = text("phones.scan");
    by("link").value = invited.link;
    by("hint").textContent = text(isLocal() ? "phones.local" : "phones.scan");
    by("copy").focus();
  });
}

// A phone cannot come to 127.0.0.1: the coordinator must open this page by its address.
const isLocal = () => ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);

async function revoke(phone) {
  const reason = window.prompt(text("phones.revoke_ask", { name: phone.name }));
  if (!reason?.trim()) return;
  await tell(() => ask(`/v1/devices/${encodeURIComponent(phone.device)}/revocations`, { reason: reason.trim() }));
}

async function tell(send) {
  try {
    await read((await send())?.position);
  } catch (error) {
    by("notice").hidden = false;
    by("notice").textContent = explain(error);
  }
}

await loadTexts();
switchLanguage(() => {
  drawLinks(me);
  draw();
});
by("done").addEventListener("click", () => (by("editor").hidden = true));
by("copy").addEventListener("click", async () => {
  await navigator.clipboard?.writeText(by("link").value).catch(() => by("link").select());
  by("copy").textContent = text("copied");
});
draw();
me = await signedIn();
await read();
repeat(read, EVERY_MS);
