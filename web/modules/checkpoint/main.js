// The checkpoint's phone: scan, verdict, decision; everything else waits behind buttons.
import { loadTexts, switchLanguage, text } from "/modules/texts.js";
import { alone } from "/modules/checkpoint/alone.js";
import { App } from "/modules/checkpoint/app.js";
import { ready } from "/modules/checkpoint/decode.js";
import { invitation } from "/modules/checkpoint/enrol.js";
import { drawElsewhere, drawGate } from "/modules/checkpoint/gate.js";
import { keepAwake } from "/modules/checkpoint/signals.js";
import { by, closePanel } from "/modules/checkpoint/ui.js";
import { startCamera, wireDuty } from "/modules/checkpoint/duty.js";

const FLUSH_MS = 5000;
const LISTS_MS = 60_000;
const DEMO_LISTS_MS = 3000;

async function start() {
  await loadTexts();
  await alone(drawElsewhere);
  const app = new App();
  await app.load();
  const draw = () => app.draw();
  switchLanguage(draw);
  by("panel-close").addEventListener("click", closePanel);
  wireDuty(app);
  ready.then(() => navigator.serviceWorker?.register("/checkpoint/worker.js", { scope: "/checkpoint" }));
  addEventListener("hashchange", () => invitation() && location.reload());
  drawGate(app, invitation(), begin);
}

// Called once there is a device: from the gate, or at once when it is enrolled.
async function begin(app) {
  document.title = `${app.device.post} · ${text("cp.title")}`;
  keepAwake();
  await app.begin();
  if (!app.lists.sheet) await app.refresh();
  startCamera();
  const awake = () => document.hidden || app.refresh();
  addEventListener("online", awake);
  addEventListener("offline", () => app.sync.become("offline"));
  document.addEventListener("visibilitychange", awake);
  setInterval(() => app.sync.flush(), FLUSH_MS);
  setInterval(awake, app.device.isDemo ? DEMO_LISTS_MS : LISTS_MS);
  setInterval(() => app.draw(), FLUSH_MS);
  await app.refresh();
}

start();
