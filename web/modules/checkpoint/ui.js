// The few helpers that every part of the checkpoint's screen uses.
import { text } from "/modules/texts.js";

export const by = (id) => document.getElementById(id);

export function made(tag, properties = {}, ...children) {
  const { data, ...own } = properties;
  const element = Object.assign(document.createElement(tag), own);
  Object.assign(element.dataset, data ?? {});
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function key(label, onclick, className = "", data = {}) {
  return made("button", { type: "button", textContent: label, onclick, className, data });
}

// A panel covers the finder until it is closed; it never covers a verdict.
export function openPanel(title, ...children) {
  by("panel-title").textContent = title;
  by("panel-body").replaceChildren(...children.filter(Boolean));
  by("panel").hidden = false;
  by("panel-body").scrollTop = 0;
  by("panel-close").focus();
}

export function closePanel() {
  by("panel").hidden = true;
  by("panel-body").replaceChildren();
}

const ZONE = { timeZone: "Asia/Shanghai", hourCycle: "h23", hour: "2-digit", minute: "2-digit" };
const HOURS = new Intl.DateTimeFormat("zh-CN", ZONE);
const DAYS = new Intl.DateTimeFormat("zh-CN", { ...ZONE, month: "2-digit", day: "2-digit" });

export const hour = (seconds) => (seconds ? HOURS.format(seconds * 1000) : "—");
export const day = (seconds) => (seconds ? DAYS.format(seconds * 1000) : "—");

export function ago(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return "—";
  const minutes = Math.max(0, Math.floor(seconds / 60));
  if (minutes < 60) return text("span.minutes", { minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 72) return text("span.hours", { hours, minutes: minutes % 60 });
  return text("cp.days", { days: Math.floor(hours / 24) });
}

let hiding = 0;

// A line for a few seconds, with what can still be done about it.
export function toast(words, label, act, ms = 5000) {
  clearTimeout(hiding);
  const hide = () => {
    by("toast").hidden = true;
    document.body.classList.remove("told");
  };
  const undo = label && key(label, () => {
    hide();
    act();
  });
  by("toast").replaceChildren(made("span", { textContent: words }), ...(undo ? [undo] : []));
  by("toast").hidden = false;
  document.body.classList.add("told");
  hiding = setTimeout(hide, ms);
}
