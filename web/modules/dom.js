// Small helpers that every page of forms and lists uses.
import { text } from "/modules/texts.js";

export const by = (id) => document.getElementById(id);

export function made(tag, className = "", content = "", more = {}) {
  return Object.assign(document.createElement(tag), { className, textContent: content ?? "" }, more);
}

export function button(key, act, className = "") {
  const found = made("button", className, text(key), { type: "button" });
  found.dataset.act = key;
  found.addEventListener("click", act);
  return found;
}

// Only where it says something else: a screen reader reads out what is written again.
export function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
