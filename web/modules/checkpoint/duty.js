// The finder's page: camera, the ways without one, unsent facts, the lists' age.
import { text } from "/modules/texts.js";
import { write } from "/modules/dom.js";
import { Camera } from "/modules/checkpoint/camera.js";
import { readPhoto } from "/modules/checkpoint/decode.js";
import { openExpected } from "/modules/checkpoint/expected.js";
import { openDisinfection, openHandover, openPaper, openWait } from "/modules/checkpoint/forms.js";
import { askCode, askPlate } from "/modules/checkpoint/keyboard.js";
import { openUnsent } from "/modules/checkpoint/unsent.js";
import { ago, by, closePanel, key, made, openPanel, toast } from "/modules/checkpoint/ui.js";

const CAMERA_TROUBLES = { NotAllowedError: "denied", NotFoundError: "missing", InsecureError: "insecure" };
let camera = null;
let trouble = "";
let isLit = false;

export function wireDuty(app) {
  camera = new Camera(by("video"), (code, seenMs) => app.readPass(code, seenMs));
  const on = (id, act) => by(id).addEventListener("click", act);
  on("direction", () => app.turn());
  on("unsent", () => openUnsent(app));
  on("by-plate", () => askPlate(text("cp.plate"), app.rows(), (plate) => app.consider({ by: "plate", plate }), true));
  on("by-code", () => askCode((code) => app.consider({ by: "code", code })));
  on("by-list", () => openExpected(app));
  on("by-photo", () => by("photo").click());
  on("more", () => openMore(app));
  on("torch", () => light(!isLit));
  on("aim", () => startCamera());
  by("photo").addEventListener("change", () => fromPhoto(app));
  document.addEventListener("visibilitychange", () => document.hidden || camera.stream?.active || startCamera());
}

export async function startCamera() {
  if (by("duty").hidden) return;
  trouble = "starting";
  drawAim();
  try {
    await camera.start();
    trouble = "";
  } catch (error) {
    trouble = CAMERA_TROUBLES[error.name] ?? "broken";
  }
  by("torch").hidden = !camera.hasTorch;
  drawAim();
}

function drawAim() {
  by("finder").dataset.trouble = trouble;
  write(by("aim"), text(trouble ? `cp.camera.${trouble}` : "cp.aim"));
}

async function light(isOn) {
  isLit = isOn;
  by("torch").setAttribute("aria-pressed", String(isOn));
  await camera.light(isOn).catch(() => toast(text("cp.torch_failed")));
}

async function fromPhoto(app) {
  const [file] = by("photo").files;
  by("photo").value = "";
  if (!file) return;
  const seenMs = performance.now();
  const code = await readPhoto(file).catch(() => undefined);
  if (code) await app.readPass(code, seenMs);
  else toast(text(code === undefined ? "cp.no_picture" : "cp.no_code"));
}

function openMore(app) {
  const way = (name, open) => key(text(`cp.${name}`), open, "wide", { way: name });
  openPanel(
    text("cp.more_ways"),
    way("disinfect", () => openDisinfection(app)),
    way("wait", () => openWait(app)),
    way("paper", () => openPaper(app)),
    way("handover", () => openHandover(app)),
    key(text("other_language"), switchOver, "wide", { act: "language" }),
    made("p", { className: "small", textContent: `${app.device.post} · ${app.device.checkpoint} · ${app.device.name} · ${app.device.id}` }),
  );
}

// What is open was drawn in the other language.
function switchOver() {
  closePanel();
  by("language").click();
}

export function drawDuty(app) {
  const { device, sync, waiting, lists, clock } = app;
  by("post").textContent = device.post;
  by("direction").hidden = false;
  by("direction").className = app.direction;
  by("direction").textContent = text(`cp.direction.${app.direction}`);
  by("unsent").hidden = false;
  by("unsent").textContent = text(`cp.unsent.${sync.state === "online" ? "online" : "offline"}`, { count: waiting });
  by("unsent").className = sync.state === "online" && waiting < 1 ? "calm" : "warn";
  const age = lists.sheetAge(clock.now());
  write(by("freshness"), age === null ? text("cp.no_sheet") : text("cp.sheet_age", { time: ago(age), count: lists.sheet.rows.length }));
  by("freshness").className = age === null || age > 4 * 3600 ? "warn" : "";
  drawNotice(app);
  drawAim();
}

function drawNotice({ sync, clock, owesPin }) {
  const codes = ["revoked", "signed_out"];
  const other = clock.isSure() ? (owesPin && sync.state === "online" ? "owes_pin" : "") : "clock";
  const code = codes.includes(sync.state) ? sync.state : other;
  by("notice").hidden = !code;
  by("notice").className = `notice ${code}`;
  if (code) write(by("notice"), text(`cp.notice.${code}`));
}
