// What is still on the phone, why, and a file of it where the node will not have it.
import { text } from "/modules/texts.js";
import { explain } from "/modules/problems.js";
import { spaced } from "/modules/plates.js";
import * as store from "/modules/checkpoint/store.js";
import { pathOf } from "/modules/checkpoint/sync.js";
import { day, key, made, openPanel, toast } from "/modules/checkpoint/ui.js";

const SHOWN = 50;

export async function openUnsent(app) {
  const facts = await store.all();
  const { state } = app.sync;
  const list = made("ul", { className: "unsent" }, ...facts.slice(-SHOWN).reverse().map(line));
  openPanel(
    text("cp.unsent"),
    made("p", { className: "large", textContent: text(`cp.sync.${state}`, { count: facts.length }) }),
    state === "signed_out" || (app.owesPin && state === "online") ? pinForm(app) : null,
    facts.length ? key(text("cp.export"), () => exportFacts(app, facts), "wide", { act: "export" }) : null,
    key(text("cp.send_now"), () => app.refresh().then(() => openUnsent(app)), "wide", { act: "send" }),
    list,
  );
}

function line(fact) {
  const { plate, decision } = fact.body;
  const words = [text(`cp.kind.${fact.kind}`), spaced(plate ?? ""), decision && text(`cp.decision.${decision}`), day((fact.atMs - (fact.skewMs ?? 0)) / 1000)];
  const refused = fact.problem ? text("cp.refused", { why: explain({ code: fact.problem }) }) : "";
  return made("li", { className: fact.problem ? "bad" : "" }, [...words, refused].filter(Boolean).join(" · "));
}

function pinForm(app) {
  const pin = made("input", { type: "password", inputMode: "numeric", autocomplete: "off", ariaLabel: text("pin") });
  const go = async () => {
    const code = await app.reopen(pin.value);
    if (code) return toast(explain({ code }, "sign_in.problem"));
    await app.refresh();
    return openUnsent(app);
  };
  return made("div", {}, pin, key(text("enter"), go, "wide", { act: "reopen" }));
}

// For `greenchannel import scans`: one scan a line, as the node takes it. What else was
// reported goes into a file of its own, each line with the path that takes it.
function exportFacts(app, facts) {
  const scans = facts.filter((fact) => fact.kind === "scan").map((fact) => app.sync.body(fact));
  const others = facts.filter((fact) => fact.kind !== "scan").map((fact) => ({ path: pathOf(fact), body: app.sync.body(fact) }));
  save(`${app.device.checkpoint}-scans.jsonl`, scans);
  save(`${app.device.checkpoint}-others.jsonl`, others);
}

function save(download, lines) {
  if (!lines.length) return;
  const url = URL.createObjectURL(new Blob(lines.map((line) => `${JSON.stringify(line)}\n`), { type: "application/jsonl" }));
  made("a", { href: url, download }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
