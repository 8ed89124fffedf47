// Before duty: the right browser, a safe connection, and a device that is enrolled.
import { text } from "/modules/texts.js";
import { explain } from "/modules/problems.js";
import { accept } from "/modules/checkpoint/enrol.js";
import * as store from "/modules/checkpoint/store.js";
import { by, key, made } from "/modules/checkpoint/ui.js";

const PIN = /^[0-9]{4,12}$/;
const isWeChat = /MicroMessenger/i.test(navigator.userAgent);

export function drawGate(app, link, begin) {
  if (isWeChat) return say("cp.wechat", "cp.wechat.advice", copyLink());
  if (!isSecureContext) return say("cp.insecure", "cp.insecure.advice", made("a", { href: "/trust", textContent: text("cp.insecure.link") }));
  if (link) return askPin(app, link, begin);
  if (!app.device) return say("cp.not_enrolled", "cp.not_enrolled.advice");
  return enter(app, begin);
}

export function drawElsewhere(take) {
  say("cp.elsewhere", "cp.elsewhere.advice", key(text("cp.use_here"), take, "choice admitted", { act: "use-here" }));
}

function enter(app, begin) {
  by("gate").hidden = true;
  by("duty").hidden = false;
  by("language").hidden = true;
  begin(app);
}

function askPin(app, link, begin) {
  const pin = made("input", { id: "pin", type: "password", inputMode: "numeric", autocomplete: "off" });
  const problem = made("p", { className: "problem", role: "alert" });
  const go = key(text("cp.enrol"), save, "choice admitted", { act: "enrol" });
  async function save() {
    if (!PIN.test(pin.value)) return void (problem.textContent = text("cp.pin_shape"));
    go.disabled = true;
    const code = await accept(link, pin.value, app.sync);
    app.device = await store.get("device");
    if (!code && app.device) return enter(app, begin);
    go.disabled = false;
    problem.textContent = code ? explain({ code }, "sign_in.problem") : text("cp.no_checkpoint");
  }
  say("cp.enrol_here", "cp.enrol_here.advice", made("label", { htmlFor: "pin" }, text("pin")), pin, problem, go);
}

function say(title, advice, ...more) {
  by("duty").hidden = true;
  by("gate").hidden = false;
  by("gate").replaceChildren(made("h2", { textContent: text(title) }), made("p", { textContent: text(advice) }), ...more);
}

function copyLink() {
  return key(text("cp.copy_link"), () => navigator.clipboard?.writeText(location.href), "choice held");
}
