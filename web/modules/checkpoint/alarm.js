// Said so loudly that nobody can miss it: this scan is not on the phone.
import { text } from "/modules/texts.js";
import { spaced } from "/modules/plates.js";
import { signal } from "/modules/checkpoint/signals.js";
import { by, key, made } from "/modules/checkpoint/ui.js";

export function openAlarm(code, fact) {
  const { plate, decision, pass_number: number } = fact.body;
  const what = [spaced(plate) || number, decision && text(`cp.decision.${decision}`), new Date(fact.atMs).toLocaleTimeString("zh-CN", { hourCycle: "h23" })];
  const close = () => {
    by("alarm").hidden = true;
  };
  by("alarm").replaceChildren(
    made("h2", { id: "alarm-title", textContent: text(`cp.alarm.${code}`) }),
    made("p", { className: "large", textContent: what.filter(Boolean).join(" · ") }),
    made("p", { textContent: text(`cp.alarm.${code}.advice`) }),
    key(text("cp.understood"), close, "choice held", { act: "understood" }),
  );
  by("alarm").hidden = false;
  signal("red");
}
