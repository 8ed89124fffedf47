// The holder's pass: on the phone, as a picture, on paper. Opening it stops the clock.
import { by } from "/modules/dom.js";
import { clock } from "/modules/format.js";
import { drawPaper } from "/modules/pass/paper.js";
import { drawPicture } from "/modules/pass/picture.js";
import { explain } from "/modules/problems.js";
import { loadTexts, switchLanguage, text } from "/modules/texts.js";

const HOLDERS = ["firm", "driver", "liaison"];
const passId = decodeURIComponent(location.pathname.split("/").pop());
// From the status page: whoever holds the reference needs no account to open the pass.
const reference = /^#([0-9a-f]{32})$/.exec(location.hash)?.[1] ?? "";
const path = `/v1/passes/${encodeURIComponent(passId)}`;
let pass = null;
let problem = "loading";

async function read(address, body) {
  const headers = { Accept: "application/json" };
  const sent = body && { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(address, sent ?? { headers });
  const told = await answer.json();
  if (answer.ok) return told;
  throw Object.assign(new Error(told.code), { code: told.code, state: told.state });
}

async function open() {
  try {
    pass = await (reference ? read("/v1/pass-status/signed", { reference }) : asMyself());
    problem = "";
  } catch (error) {
    problem = error.state ? `state.${error.state}` : (error.code ?? "offline");
  }
  draw();
}

async function asMyself() {
  const me = await read("/v1/session");
  const found = await read(`${path}/signed`);
  if (me.roles.some((role) => HOLDERS.includes(role))) await collect();
  return found;
}

// In hand: the same words are the same fact, so a second look changes nothing.
async function collect() {
  const headers = { "Content-Type": "application/json", "X-Greenchannel": "1" };
  await fetch(`${path}/collections`, { method: "POST", headers, body: "{}" });
}

function draw() {
  by("state").textContent = problem === "loading" ? text("loading") : "";
  by("notice").hidden = !problem || problem === "loading";
  if (!by("notice").hidden) by("notice").textContent = explain({ code: problem }, "pass_page.problem");
  for (const id of ["card", "actions", "advice"]) by(id).hidden = !pass;
  if (pass) drawCard();
}

function drawCard() {
  by("issuer").textContent = pass.issuer_name;
  by("qr").src = pass.qr;
  by("qr").alt = text("pass_page.qr");
  by("plate").textContent = pass.plate;
  by("plate").className = `plate ${pass.plate_kind}`;
  by("trailer").textContent = pass.trailer;
  by("trailer").className = "plate yellow";
  by("code").textContent = grouped(pass.short_code);
  by("code").parentElement.hidden = !pass.short_code;
  by("facts").replaceChildren(...facts().flatMap(([name, value]) => [cell("dt", text(name)), cell("dd", value)]));
}

function facts() {
  return [
    ["pass_page.number", pass.number],
    ["pass_page.until", `${clock(pass.valid_from)} — ${clock(pass.valid_until)}`],
    ["pass_page.lane", pass.lane_name],
    ["pass_page.places", pass.places.join(" → ")],
    ["pass_page.crew", text("pass_page.persons", { count: pass.crew_count })],
    ["pass_page.goods", pass.goods],
    ["pass_page.replaces", pass.replaces],
    ["pass_page.phone", pass.issuer_phone],
  ].filter(([, value]) => value);
}

const grouped = (code) => `${code.slice(0, 4)} ${code.slice(4)}`;

function cell(name, value) {
  const made = document.createElement(name);
  made.textContent = value;
  return made;
}

async function save() {
  const picture = await drawPicture(pass, facts(), grouped(pass.short_code));
  by("saved").src = picture;
  by("download").href = picture;
  by("download").download = `${pass.plate}-${pass.number}.png`;
  by("picture").showModal();
}

// Reading the driver's name is recorded; who may not read it prints without it.
async function print() {
  const persons = await read(`${path}/persons?purpose=print`).catch(() => null);
  const driver = persons?.persons.find((one) => one.part === "driver" && one.state === "readable");
  if (!reference) await collect().catch(() => {});
  await drawPaper(by("paper"), pass, driver, grouped(pass.short_code));
  window.print();
}

await loadTexts();
switchLanguage(draw);
by("save").addEventListener("click", save);
by("print").addEventListener("click", print);
by("close").addEventListener("click", () => by("picture").close());
draw();
await open();
window.addEventListener("online", () => !pass && open());
