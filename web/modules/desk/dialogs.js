// The three decisions: each is two keys, and a mistake is one Escape away. What the
// applicant will read is in Chinese.
import { by, made } from "/modules/dom.js";
import { inChinese, text } from "/modules/texts.js";

export const REASONS = ["papers", "vehicle", "overload", "driver", "scope", "double", "lane", "late"];
export const LACKS = ["driving_licence", "vehicle_licence", "crew_id", "permit", "form", "lane", "load", "phone"];

// Asks once more before approving; `done` is called for Enter, A or the button.
export function askApproval(one, done) {
  by("approve-what").textContent = text("desk.approve_what", { plate: one.plate });
  open("approve", done);
}

// A reason from the list by its digit, or one's own words.
export function askReason(one, done) {
  by("refuse-what").textContent = one.plate;
  list("refuse-list", "radio", REASONS, "reason");
  by("refuse-words").value = "";
  open("refuse", () => {
    const chosen = document.querySelector("#refuse-list input:checked");
    const reason = [chosen && inChinese(`reason.${chosen.value}`), by("refuse-words").value.trim()].filter(Boolean).join("：");
    return reason ? done(reason) : wanting("refuse", "desk.reason_needed");
  });
}

// What is missing, ticked by digit: the desk clock waits from here.
export function askForMore(one, done) {
  by("ask-what").textContent = one.plate;
  list("ask-list", "checkbox", LACKS, "lack");
  by("ask-words").value = "";
  open("ask", () => {
    const missing = [...document.querySelectorAll("#ask-list input:checked")].map((input) => inChinese(`lack.${input.value}`));
    const words = by("ask-words").value.trim();
    if (words) missing.push(words.slice(0, 100));
    return missing.length ? done(missing) : wanting("ask", "desk.lack_needed");
  });
}

export const openDialog = () => document.querySelector("dialog[open]");

// A digit chooses in the open dialog; letters and Enter are the dialog's own form.
export function digit(key) {
  const inputs = openDialog()?.querySelectorAll(".numbered input") ?? [];
  const input = inputs[Number(key) - 1];
  if (input) input.checked = input.type === "radio" ? true : !input.checked;
  return Boolean(input);
}

function open(name, done) {
  const dialog = by(name);
  by(`${name}-said`).textContent = "";
  dialog.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    if (done() !== false) dialog.close();
  };
  dialog.querySelector(".cancel").onclick = () => dialog.close();
  dialog.showModal();
  dialog.querySelector("[type=submit]").focus();
}

function wanting(name, key) {
  by(`${name}-said`).textContent = text(key);
  return false;
}

function list(id, type, names, group) {
  by(id).replaceChildren(...names.map((name, i) => {
    const label = made("label", "pill");
    label.append(made("input", "", "", { type, name: group, value: name }), made("kbd", "", String(i + 1)), made("span", "", text(`${group}.${name}`)));
    return label;
  }));
}
