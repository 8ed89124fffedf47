// One's own applications: where each stands, both clocks, and what can be done next.
import { button, made } from "/modules/dom.js";
import { clocks, timeless } from "/modules/clocks.js";
import { clock } from "/modules/format.js";
import { firmName } from "/modules/names.js";
import { box, part, plain, redraw } from "/modules/redraw.js";
import { emptyText } from "/modules/state.js";
import { listing, text, word } from "/modules/texts.js";

const LIVE = ["approved", "suspended"];
const GOOD = { approved: "good", refused: "bad", revoked: "bad", information_requested: "warn", suspended: "warn" };

export function drawOwn(root, { board, state }, names, acts) {
  const rows = board?.applications ?? [];
  const none = () => plain("none", made("p", "empty", emptyText(board, state, "apply.none")));
  redraw(root, rows.length ? rows.map((one) => card(one, names, acts)) : [none()]);
}

function card(one, names, acts) {
  const found = made("article", `application ${one.replaces ? "swap" : ""}`);
  found.dataset.pass = one.pass_id;
  const lines = linesOf(one, names).map((line, i) => plain(i, line));
  return box(one.pass_id, found, [...lines, part("actions", timeless(one), () => actions(one, acts))]);
}

function linesOf(one, names) {
  const head = made("div", "head");
  head.append(made("b", `plate ${one.plate_kind}`, one.plate), made("span", GOOD[one.status] ?? "", word("pass", one.status)));
  if (one.replaces) head.append(made("span", "mark", text("apply.swap_mark")));
  const facts = [names[one.issuer] ?? one.issuer, one.goods, one.valid_until && text("apply.until", { time: clock(one.valid_until) })];
  if (one.number) facts.unshift(text("apply.number", { number: one.number }));
  if (one.on_behalf_of) facts.push(text("apply.for", { organisation: firmName(one.organisation) }));
  const lines = [head, made("p", "small", facts.filter(Boolean).join(" · ")), clocks(one)];
  if (one.missing.length) lines.push(made("p", "warn", text("apply.missing", { what: listing(one.missing) })));
  if (one.note && one.missing.length) lines.push(made("p", "small", one.note));
  if (one.reason) lines.push(made("p", "bad", text("apply.reason", { reason: one.reason })));
  return lines;
}

function actions(one, acts) {
  const row = made("div", "actions");
  if (one.status === "drafted") row.append(button("apply.go_on", () => acts.goOn(one)));
  if (one.status === "information_requested") row.append(button("apply.supply", () => acts.supply(one), "strong"));
  if (LIVE.includes(one.status)) {
    row.append(made("a", "button strong", text("apply.open_pass"), { href: `/pass/${encodeURIComponent(one.pass_id)}` }));
    row.append(button("apply.renew", () => acts.renew(one)), button("apply.swap", () => acts.swap(one)));
  }
  if (["refused", "renewed", "replaced", "revoked"].includes(one.status)) row.append(button("apply.again", () => acts.again(one)));
  return row;
}
