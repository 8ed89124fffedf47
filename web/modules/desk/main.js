// The reviewer's desk: what waits, one application whole, three decisions, the next one.
import { ask, repeat, stateOf } from "/modules/client.js";
import { drawDetail, spoken } from "/modules/desk/detail.js";
import { askApproval, askForMore, askReason } from "/modules/desk/dialogs.js";
import { listen } from "/modules/desk/keys.js";
import { instead, turnTo } from "/modules/desk/photos.js";
import { drawQueue, matches } from "/modules/desk/queue.js";
import { by, write } from "/modules/dom.js";
import { readFirms } from "/modules/names.js";
import { drawLinks } from "/modules/nav.js";
import { explain } from "/modules/problems.js";
import { drawState, emptyText } from "/modules/state.js";
import { loadChinese, loadTexts, switchLanguage, text } from "/modules/texts.js";

const EVERY_MS = 3000;
const FRESH_MS = 12_000;
const LOOKERS = ["reviewer", "admin", "coordinator", "liaison"];
const DECIDERS = ["reviewer", "admin"];
const OPEN = "open";
const WIDE = matchMedia("(min-width: 60rem)");
const whole = new Map();
const seen = new Set();
const fresh = new Set();
let me = null;
let board = null;
let state = "loading";
let issuers = [];
let lanes = [];
let chosen = "";
let gone = "";
let position = "0";
let isBusy = false;

const rows = () => (board?.applications ?? []).filter((one) => matches(one, by("search").value.trim()));
const isAny = (roles) => roles.some((role) => me?.roles.includes(role));
const current = () => board?.applications.find((one) => one.pass_id === chosen);

async function refresh() {
  try {
    if (!me) drawLinks((me = await ask("/v1/session")));
    if (!isAny(LOOKERS)) throw Object.assign(new Error(), { status: 403 });
    if (!issuers.length) {
      lanes = (await ask("/v1/register?kind=lane&limit=1000")).entries;
      issuers = (await ask("/v1/register?kind=issuer&limit=1000")).entries;
    }
    await readFirms();
    const before = current();
    board = await ask(`/v1/pass-desk?limit=1000&min_position=${position}`);
    state = "live";
    notice();
    settle(before);
  } catch (error) {
    state = stateOf(error);
  }
  draw();
  if (current()) await readWhole(current());
}

// What came in since the last look is marked, and said to who cannot see the mark.
function notice() {
  const isFirst = !seen.size;
  for (const one of board.applications) {
    if (seen.has(one.pass_id)) continue;
    seen.add(one.pass_id);
    if (isFirst) continue;
    fresh.add(one.pass_id);
    setTimeout(() => fresh.delete(one.pass_id), FRESH_MS);
    by("announced").textContent = text("desk.came", { spoken: spoken(one) });
  }
}

// What somebody else decided is gone, and nothing takes its place under the reviewer's hands:
// the next key would be meant for what stood there.
function settle(before) {
  if (isBusy || current()) return;
  if (before?.pass_id === chosen) {
    [chosen, gone] = ["", before.plate];
    by("announced").textContent = text("desk.gone", { plate: gone });
  } else if (!gone && WIDE.matches) choose(rows()[0]?.pass_id ?? "", false);
}

function draw() {
  drawState(state, "desk.notice");
  const found = rows();
  const issuer = issuers.find((one) => one.code === me?.issuer);
  by("desk-of").textContent = issuer?.name ?? (me ? text("desk.all_issuers") : "");
  drawQueue(by("queue"), found, { chosen, fresh });
  by("nothing").hidden = found.length > 0;
  write(by("nothing"), emptyText(board, state, board?.applications.length ? "desk.none_match" : "desk.none"));
  document.title = `${board?.applications.length ? `(${board.applications.length}) ` : ""}${text("desk.title")}`;
  drawChosen();
}

function drawChosen() {
  const one = current();
  const known = whole.get(chosen) ?? {};
  const isOwn = Boolean(one && me?.organisation && me.organisation === one.organisation);
  const issuer = issuers.find((found) => found.code === one?.issuer);
  drawDetail(by("detail"), { one, gone, isLast: !rows().length, ...known, issuer, lanes, isOwn }, acts);
  const isReady = one && known.request && !isOwn && !isBusy && isAny(DECIDERS);
  by("approve-it").disabled = by("ask-it").disabled = !isReady || one.status !== "requested";
  by("refuse-it").disabled = !isReady;
  document.body.classList.toggle("is-open", Boolean(one || gone));
}

// On a phone the one that is open stands before the list: back leads to that, not away.
function choose(passId, isMeant) {
  if (!WIDE.matches && passId && history.state !== OPEN) history.pushState(OPEN, "");
  chosen = passId;
  gone = "";
  if (isMeant) fresh.delete(passId);
  draw();
  const one = current();
  if (!one) return;
  document.querySelector(`#queue [data-pass="${CSS.escape(passId)}"]`)?.scrollIntoView({ block: "nearest" });
  by("detail").scrollTop = 0;
  readWhole(one);
  const next = rows()[rows().indexOf(one) + 1];
  if (next) readWhole(next);
}

// Read once per state of the application: the next one is there before it is opened.
async function readWhole(one) {
  const version = `${one.status} ${one.missing.length}`;
  if (whole.get(one.pass_id)?.version === version) return;
  try {
    const path = `/v1/applications?pass_id=${encodeURIComponent(one.pass_id)}&min_position=${position}`;
    const { request } = await ask(path);
    const before = one.replaces || one.renews;
    const old = before && (await ask(`/v1/applications?pass_id=${encodeURIComponent(before)}`)).applications[0];
    whole.set(one.pass_id, { version, request, old });
    if (one.pass_id === chosen) drawChosen();
  } catch (error) {
    if (one.pass_id === chosen) say(explain(error), true);
  }
}

function step(by_) {
  const found = rows();
  const at = found.findIndex((one) => one.pass_id === chosen);
  const next = found[Math.min(found.length - 1, Math.max(0, at + by_))];
  if (next) choose(next.pass_id, true);
}

// Sends a decision on the application that was asked about, whatever is open by now; the
// next one is open before the answer is read again.
async function decide(one, what, body, said) {
  if (isBusy) return;
  isBusy = true;
  drawChosen();
  const at = rows().findIndex((other) => other.pass_id === one.pass_id);
  const after = at < 0 ? undefined : (rows()[at + 1] ?? rows()[at - 1]);
  try {
    const answer = await ask(`/v1/passes/${encodeURIComponent(one.pass_id)}/${what}`, body);
    position = answer.position;
    say(text(said, { plate: one.plate }), false);
    whole.delete(one.pass_id);
    chosen = after?.pass_id ?? "";
    if (what !== "information-requests") board.applications = board.applications.filter((other) => other.pass_id !== one.pass_id);
  } catch (error) {
    say(explain(error), true);
  }
  isBusy = false;
  draw();
  await refresh();
}

function say(what, isBad) {
  by("said").textContent = what;
  by("said").className = `said ${isBad ? "bad" : "good"}`;
  by("said").hidden = !what;
  clearTimeout(say.later);
  if (!isBad) say.later = setTimeout(() => (by("said").hidden = true), 6000);
}

// What a dialog asks about, and what it does with the answer.
function deciding(what, said, bodyOf) {
  const one = current();
  return [one, (answer) => decide(one, what, bodyOf(answer), said)];
}

const paperAt = (at) => whole.get(chosen)?.request?.documents?.[at];

function scroll(pages) {
  const box = WIDE.matches ? by("detail") : document.scrollingElement;
  box.scrollBy({ top: pages * 0.85 * box.clientHeight });
}

const acts = {
  people: new Map(),
  next: () => step(1),
  previous: () => step(-1),
  first: () => rows()[0] && choose(rows()[0].pass_id, true),
  approve: () => by("approve-it").disabled || askApproval(...deciding("approvals", "desk.approved", () => ({}))),
  refuse: () => by("refuse-it").disabled || askReason(...deciding("refusals", "desk.refused", (reason) => ({ reason }))),
  ask: () => by("ask-it").disabled || askForMore(...deciding("information-requests", "desk.asked", (missing) => ({ missing }))),
  search: () => by("search").focus(),
  help: () => by("help").showModal(),
  back: () => (history.state === OPEN ? history.back() : WIDE.matches || choose("", false)),
  down: () => scroll(1),
  up: () => scroll(-1),
  paper: (at) => paperAt(at) && turnTo(paperAt(at), drawChosen),
  instead: (at) => instead(paperAt(at), drawChosen),
  async reveal() {
    const one = current();
    if (!one || acts.people.has(one.pass_id)) return;
    try {
      const { persons } = await ask(`/v1/passes/${encodeURIComponent(one.pass_id)}/persons`);
      acts.people.set(one.pass_id, persons);
    } catch (error) {
      say(explain(error), true);
    }
    drawChosen();
  },
};

async function start() {
  await loadTexts();
  await loadChinese();
  switchLanguage(() => {
    draw();
    drawLinks(me);
  });
  listen(acts);
  for (const [id, act] of [["approve-it", "approve"], ["refuse-it", "refuse"], ["ask-it", "ask"], ["help-it", "help"]]) {
    by(id).addEventListener("click", acts[act]);
  }
  for (const id of ["help", "big"]) by(id).addEventListener("click", () => by(id).close());
  by("queue").addEventListener("click", ({ target }) => {
    const row = target.closest("[data-pass]");
    if (row) choose(row.dataset.pass, true);
  });
  by("search").addEventListener("input", draw);
  WIDE.addEventListener("change", draw);
  addEventListener("popstate", () => WIDE.matches || choose("", false));
  draw();
  await refresh();
  if (!["signed_out", "wrong_role"].includes(state)) repeat(refresh, EVERY_MS);
}

start();
