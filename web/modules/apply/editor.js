// The draft that is open: kept while typed, checked, told to the node, handed in.
import { requestBody } from "/modules/apply/body.js";
import { register } from "/modules/apply/contact.js";
import * as drafts from "/modules/apply/drafts.js";
import { Form } from "/modules/apply/form.js";
import { Gallery } from "/modules/apply/gallery.js";
import { say } from "/modules/apply/notice.js";
import { sendAll } from "/modules/apply/photos.js";
import { check, isPlate } from "/modules/apply/rules.js";
import { isFirm, store } from "/modules/apply/store.js";
import { ask, serverNow } from "/modules/client.js";
import { by, made } from "/modules/dom.js";
import { span } from "/modules/format.js";
import { explain } from "/modules/problems.js";
import { saying, text } from "/modules/texts.js";

const SAVE_MS = 300;
let draft = null;
let form = null;
let problems = [];
let ended = () => {};
const saving = new WeakMap();
const sending = new Set();

export const openId = () => draft?.pass_id;

export async function open(found) {
  if (draft) await drafts.save(draft);
  [draft, form] = [found, null];
  by("editor").hidden = false;
  by("start").hidden = by("done").hidden = true;
  drawEditor();
  by("editor").scrollIntoView({ block: "start" });
  form.focus(draft.fields.plate ? "gross_mass_kg" : "plate");
  ended(false);
  await drafts.save(draft);
}

export function drawEditor() {
  if (!draft) return;
  const kind = draft.replaces ? "swap" : draft.renews ? "renew" : "new";
  by("editor-title").textContent = text(`apply.title.${kind}`);
  by("editor").classList.toggle("swap", kind === "swap");
  drawIssuers();
  const touched = form?.touched;
  form = new Form(by("form"), draft.fields, { lanes: store.lanes, changed });
  if (touched) form.touched = touched;
  const shown = draft;
  new Gallery(by("photos"), shown.photos, () => keep(shown));
  by("declaration").checked = Boolean(draft.fields.declaration);
  recheck();
}

function drawIssuers() {
  by("issuers").replaceChildren(...store.issuers.map((one) => {
    const label = made("label", "pill");
    const input = made("input", "", "", { type: "radio", name: "issuer", value: one.code, checked: one.code === draft.fields.issuer, disabled: draft.is_drafted });
    input.addEventListener("change", () => {
      draft.fields.issuer = one.code;
      changed("issuer");
    });
    label.append(input, made("span", "", one.name), made("small", "", text("apply.validity", { days: one.validity_days })));
    return label;
  }));
  by("enterprise-field").hidden = isFirm();
  by("enterprise").value = draft.fields.organisation ?? "";
  by("enterprise").disabled = draft.is_drafted;
  by("enterprises").replaceChildren(...store.enterprises.map((one) => made("option", "", one.name, { value: one.code })));
}

function changed(name) {
  if (!draft) return;
  if (name === "plate" && isPlate(draft.fields.plate) && draft.fields.plate.length === 8) form.fill("plate_kind", "green");
  if (name === null) tell();
  recheck();
  if (name !== null) keep(draft);
}

// Whatever is open by then: a photograph may be ready only after its draft was put away.
function keep(kept) {
  clearTimeout(saving.get(kept));
  saving.set(kept, setTimeout(() => drafts.update(kept), SAVE_MS));
}

// The first contact, once there is a plate and a firm.
export async function tell() {
  const known = draft;
  if (!known || known.is_drafted) return;
  await register(known);
  if (!known.is_drafted) return;
  await drafts.update(known);
  if (known !== draft) return;
  drawIssuers();
  drawFoot();
}

function recheck() {
  const issuer = store.issuers.find((one) => one.code === draft.fields.issuer);
  problems = check(draft.fields, { issuer, now: serverNow(), lanes: store.lanes });
  if (!draft.fields.organisation) problems.unshift({ field: "enterprise", code: "missing" });
  form.show(problems);
  drawFoot();
}

export function drawFoot() {
  if (!draft) return;
  const minutes = Math.max(0, (serverNow() - new Date(draft.contact_time)) / 60_000);
  by("contact").textContent = text(draft.is_drafted ? "apply.contact" : store.state === "offline" ? "apply.contact_offline" : "apply.contact_local", { span: span(minutes) });
  by("left").textContent = text(problems.length ? "apply.left" : "apply.ready", { count: problems.length });
  by("left").className = problems.length ? "warn" : "good";
  by("submit").disabled = sending.has(draft);
}

async function submit(event) {
  event.preventDefault();
  form.touchAll();
  recheck();
  if (problems.length) return form.focusFirstWrong();
  const mine = draft;
  if (sending.has(mine)) return undefined;
  sending.add(mine);
  drawFoot();
  try {
    await handIn(mine);
    await finish(mine);
  } catch (error) {
    const wasTaken = error.code === "wrong-state" && error.problem?.state === "requested";
    if (wasTaken) await finish(mine);
    else if (mine === draft) say(explain(error));
    else say(saying(mine.fields.plate, explain(error)));
  }
  sending.delete(mine);
  drawFoot();
  return undefined;
}

// As it was checked, whatever is typed or opened while its photographs go up.
async function handIn(mine) {
  const fields = structuredClone(mine.fields);
  await register(mine);
  if (!mine.is_drafted) throw Object.assign(new Error(), { code: "offline" });
  const documents = await sendAll(mine.photos, () => {});
  await ask(`/v1/passes/${encodeURIComponent(mine.pass_id)}/requests`, requestBody(fields, documents));
}

// Another draft that was opened meanwhile stays open.
async function finish({ reference, pass_id: passId }) {
  if (openId() === passId) {
    draft = null;
    by("editor").hidden = true;
  }
  await drafts.remove(passId);
  by("start").hidden = Boolean(draft);
  by("done").hidden = false;
  const link = `${location.origin}/status#${reference}`;
  by("reference").textContent = reference ? link : text("apply.reference_elsewhere");
  by("copy").hidden = !reference;
  by("copy").onclick = async () => {
    await navigator.clipboard?.writeText(link);
    by("copy").textContent = text("copied");
  };
  by("done").scrollIntoView({ block: "center" });
  say("");
  await ended(true);
}

function close() {
  draft = null;
  say("");
  by("editor").hidden = true;
  by("start").hidden = false;
  ended(false);
}

// `onEnd(isHandedIn)` is called whenever another draft is open, or none.
export function wire(onEnd) {
  ended = onEnd;
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
    tell();
  });
}
