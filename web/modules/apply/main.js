// The application page: a draft on this device from first contact on, checked while typed.
import { blank, copied, draftBody, requestBody } from "/modules/apply/body.js";
import * as drafts from "/modules/apply/drafts.js";
import { Form } from "/modules/apply/form.js";
import { Gallery } from "/modules/apply/gallery.js";
import { drawOwn } from "/modules/apply/own.js";
import { keepPage, remember, remembered } from "/modules/apply/offline.js";
import { sendAll } from "/modules/apply/photos.js";
import { check, isPlate, typed } from "/modules/apply/rules.js";
import { openSupply } from "/modules/apply/supply.js";
import { ask, explain, serverNow, stateOf } from "/modules/client.js";
import { button, by, made } from "/modules/dom.js";
import { span } from "/modules/format.js";
import { drawLinks, signedIn } from "/modules/nav.js";
import { loadTexts, switchLanguage, text } from "/modules/texts.js";

const EVERY_MS = 5000;
const SAVE_MS = 300;
// By application: its first contact, told and not yet answered.
const underway = new Map();
let me = null;
let board = null;
let state = "loading";
let issuers = [];
let lanes = [];
let enterprises = [];
let draft = null;
let form = null;
let problems = [];
let saving = 0;
let isCurrent = false;

async function refresh() {
  try {
    await readRegister();
    const whose = me.roles.includes("firm") ? "" : `?drafted_by=${encodeURIComponent(me.id)}`;
    board = await ask(`/v1/applications${whose}`);
    state = "live";
    if (draft && !draft.is_drafted) await register();
  } catch (error) {
    state = stateOf(error);
  }
  draw();
}

async function readRegister() {
  if (isCurrent) return;
  lanes = (await ask("/v1/register?kind=lane&limit=1000")).entries;
  if (!me.roles.includes("firm")) enterprises = (await ask("/v1/enterprises?limit=1000")).enterprises;
  issuers = (await ask("/v1/register?kind=issuer&limit=1000")).entries;
  remember({ me, lanes, issuers });
  isCurrent = true;
}

function draw() {
  by("state").textContent = text(`state.${state}`);
  by("state").className = state === "live" ? "" : "offline";
  const isNotice = state !== "live" && state !== "loading";
  by("notice").hidden = !isNotice;
  if (isNotice) by("notice").textContent = text(`apply.notice.${state}`);
  by("new").disabled = !issuers.length;
  const names = Object.fromEntries(issuers.map((one) => [one.code, one.name]));
  if (state !== "signed_out" && state !== "wrong_role") drawOwn(by("list"), board, names, acts);
  drawFoot();
}

const acts = {
  goOn: async (one) => open((await drafts.load(one.pass_id)) ?? fresh({ pass_id: one.pass_id, is_drafted: true, reference: "", fields: { ...blank(), issuer: one.issuer, organisation: one.organisation, plate: one.plate, plate_kind: one.plate_kind } })),
  renew: (one) => copy(one, false, { renews: one.pass_id }),
  swap: (one) => copy(one, true, { replaces: one.pass_id }),
  again: (one) => copy(one, false, {}),
  supply: (one) => openSupply(one, refresh),
};

async function copy(one, isSwap, links) {
  try {
    const whole = await ask(`/v1/applications?pass_id=${encodeURIComponent(one.pass_id)}`);
    const issuer = issuers.find((found) => found.code === one.issuer);
    const [application] = whole.applications;
    const persons = await named(application, whole.request);
    const isSealed = !isOwn(application) && Boolean(links.renews || links.replaces) && Boolean(whole.request?.driver);
    const fields = copied({ application, request: whole.request, persons, isSealed }, isSwap, issuer, serverNow());
    const photos = isOwn(application) || isSealed ? (whole.request?.documents ?? []).filter(({ kind }) => !isSwap || kind !== "vehicle_licence") : [];
    open(fresh({ fields, photos: photos.map(({ kind, hash }) => ({ kind, hash, is_kept: true })), ...links }));
  } catch (error) {
    say(explain(error));
  }
}

const isOwn = (application) => me.roles.includes("firm") && me.organisation === application.organisation;

// A firm reads its own people again, on the record; who applies for others takes them over
// unseen, or types them.
async function named(application, request) {
  if (!isOwn(application) || !request?.driver) return [];
  const path = `/v1/passes/${encodeURIComponent(application.pass_id)}/persons?purpose=renewal`;
  const { persons } = await ask(path);
  return persons.filter((person) => person.state === "readable");
}

function fresh(more = {}) {
  const fields = { ...blank(), ...firstWeek(), organisation: me.organisation, issuer: issuers[0]?.code };
  return {
    pass_id: `p-${drafts.random(8)}`,
    reference: drafts.random(16),
    contact_time: serverNow().toISOString(),
    is_drafted: false,
    fields,
    photos: [],
    ...more,
  };
}

// From now on, for a week or as long as the issuer's passes last.
function firstWeek() {
  const start = serverNow();
  const days = Math.min(7, issuers[0]?.validity_days ?? 7);
  return { valid_from: typed(start), valid_until: typed(start.getTime() + days * 86_400_000) };
}

async function open(found) {
  draft = found;
  by("editor").hidden = false;
  by("start").hidden = by("done").hidden = true;
  drawEditor();
  by("editor").scrollIntoView({ block: "start" });
  form.focus(draft.fields.plate ? "gross_mass_kg" : "plate");
  drawKept();
  await drafts.save(draft);
}

function drawEditor() {
  const kind = draft.replaces ? "swap" : draft.renews ? "renew" : "new";
  by("editor-title").textContent = text(`apply.title.${kind}`);
  by("editor").classList.toggle("swap", kind === "swap");
  drawIssuers();
  const touched = form?.touched;
  form = new Form(by("form"), draft.fields, { lanes, changed });
  if (touched && form) form.touched = touched;
  new Gallery(by("photos"), draft.photos, keep);
  by("declaration").checked = Boolean(draft.fields.declaration);
  recheck();
}

function drawIssuers() {
  by("issuers").replaceChildren(...issuers.map((one) => {
    const label = made("label", "pill");
    const input = made("input", "", "", { type: "radio", name: "issuer", value: one.code, checked: one.code === draft.fields.issuer, disabled: draft.is_drafted });
    input.addEventListener("change", () => {
      draft.fields.issuer = one.code;
      changed("issuer");
    });
    label.append(input, made("span", "", one.name), made("small", "", text("apply.validity", { days: one.validity_days })));
    return label;
  }));
  const isFirm = me.roles.includes("firm");
  by("enterprise-field").hidden = isFirm;
  by("enterprise").value = draft.fields.organisation ?? "";
  by("enterprise").disabled = draft.is_drafted;
  by("enterprises").replaceChildren(...enterprises.map((one) => made("option", "", one.name, { value: one.code })));
}

function changed(name) {
  if (name === "plate" && isPlate(draft.fields.plate) && draft.fields.plate.length === 8) form.fill("plate_kind", "green");
  if (name === null && isPlate(draft.fields.plate)) register();
  recheck();
  if (name !== null) keep();
}

function keep() {
  clearTimeout(saving);
  const kept = draft;
  saving = setTimeout(() => kept === draft && drafts.save(kept), SAVE_MS);
}

// First contact: the county's six hours run from here, whether or not the node was reached.
// Who asks while it is on its way waits for the same answer.
function register() {
  const known = draft;
  if (known.is_drafted || !isPlate(known.fields.plate) || !known.fields.organisation) return Promise.resolve();
  if (!underway.has(known.pass_id)) {
    underway.set(known.pass_id, tell(known).finally(() => underway.delete(known.pass_id)));
  }
  return underway.get(known.pass_id);
}

async function tell(known) {
  try {
    await ask("/v1/passes", draftBody(known, me));
    known.is_drafted = true;
  } catch (error) {
    if (error.code === "pass-exists") known.is_drafted = true;
    else if (error.code !== "offline") say(explain(error));
  }
  if (known !== draft) return;
  if (known.is_drafted) await drafts.save(known);
  drawIssuers();
  drawFoot();
}

function recheck() {
  const issuer = issuers.find((one) => one.code === draft.fields.issuer);
  problems = check(draft.fields, { issuer, now: serverNow(), lanes });
  if (!draft.fields.organisation) problems.unshift({ field: "enterprise", code: "missing" });
  form.show(problems);
  drawFoot();
}

function drawFoot() {
  if (!draft) return;
  const minutes = Math.max(0, (serverNow() - new Date(draft.contact_time)) / 60_000);
  by("contact").textContent = text(draft.is_drafted ? "apply.contact" : state === "offline" ? "apply.contact_offline" : "apply.contact_local", { span: span(minutes) });
  by("left").textContent = text(problems.length ? "apply.left" : "apply.ready", { count: problems.length });
  by("left").className = problems.length ? "warn" : "good";
}

async function submit(event) {
  event.preventDefault();
  form.touchAll();
  recheck();
  if (problems.length) return form.focusFirstWrong();
  by("submit").disabled = true;
  try {
    await register();
    if (!draft.is_drafted) throw Object.assign(new Error(), { code: "offline" });
    const documents = await sendAll(draft.photos, () => {});
    await ask(`/v1/passes/${encodeURIComponent(draft.pass_id)}/requests`, requestBody(draft.fields, documents));
    await finish();
  } catch (error) {
    const wasTaken = error.code === "wrong-state" && error.problem?.state === "requested";
    if (wasTaken) await finish();
    else say(explain(error));
  }
  by("submit").disabled = false;
}

async function finish() {
  clearTimeout(saving);
  const { reference, pass_id: passId } = draft;
  draft = null;
  await drafts.remove(passId);
  by("editor").hidden = true;
  by("start").hidden = by("done").hidden = false;
  const link = `${location.origin}/status#${reference}`;
  by("reference").textContent = reference ? link : text("apply.reference_elsewhere");
  by("copy").hidden = !reference;
  by("copy").onclick = async () => {
    await navigator.clipboard?.writeText(link);
    by("copy").textContent = text("copied");
  };
  by("done").scrollIntoView({ block: "center" });
  say("");
  drawKept();
  await refresh();
}

function say(what) {
  by("said").hidden = !what;
  by("said").textContent = what;
}

function close() {
  draft = null;
  say("");
  by("editor").hidden = true;
  by("start").hidden = false;
  drawKept();
}

// Drafts that an earlier visit left on this device.
async function drawKept() {
  const found = (await drafts.all()).filter((one) => one.pass_id !== draft?.pass_id);
  by("kept").replaceChildren(...found.map((one) => {
    const row = made("p", "place");
    row.append(made("b", "", one.fields.plate || text("apply.no_plate")), made("span", "small", text("apply.on_device")));
    const actions = made("span", "actions");
    actions.append(button("apply.go_on", () => open(one)), button("apply.forget", async () => {
      await drafts.remove(one.pass_id);
      drawKept();
    }, "quiet"));
    row.append(actions);
    return row;
  }));
}

async function start() {
  await loadTexts();
  switchLanguage(() => {
    draw();
    drawLinks(me);
    drawKept();
    if (draft) drawEditor();
  });
  by("new").addEventListener("click", () => open(fresh()));
  by("close").addEventListener("click", close);
  by("request").addEventListener("submit", submit);
  by("declaration").addEventListener("change", (event) => {
    draft.fields.declaration = event.target.checked;
    form.touched.add("declaration");
    changed("declaration");
  });
  by("enterprise").addEventListener("change", (event) => {
    draft.fields.organisation = event.target.value.trim();
    changed("organisation");
    register();
  });
  addEventListener("online", refresh);
  addEventListener("offline", () => {
    state = "offline";
    draw();
  });
  me = await signedIn(() => {
    ({ lanes = [], issuers = [] } = remembered());
    return remembered().me ?? null;
  });
  if (!me) state = "signed_out";
  draw();
  if (!me) return;
  await drawKept();
  await refresh();
  setInterval(refresh, EVERY_MS);
  if (state === "live") await keepPage();
}

start();
