// Both clocks of an application, side by side, with what is left and what is paused.
import { made } from "/modules/dom.js";
import { span } from "/modules/format.js";
import { text } from "/modules/texts.js";

const NEAR = 1 / 6;

// "good" while there is time, "warn" in the last sixth of the promise, "bad" after it.
export function urgency(one) {
  if (one.left_minutes < 0) return "bad";
  return one.left_minutes <= one.promise_minutes * NEAR ? "warn" : "good";
}

export const isOver = (one) => one.is_collected || ["refused", "revoked", "replaced", "renewed"].includes(one.status);

export function clocks(one) {
  const box = made("div", "clocks");
  const left = isOver(one) ? "" : leftOf(one);
  box.append(
    tile("in_hand", span(one.in_hand_minutes), left, isOver(one) ? "" : urgency(one)),
    tile("desk", one.requested_time || one.desk_minutes ? span(one.desk_minutes) : "—", one.is_paused ? text("clock.paused") : "", one.is_paused ? "paused" : ""),
  );
  return box;
}

// What only somebody's act changes.
export const timeless = (one) => ({ ...one, in_hand_minutes: 0, desk_minutes: 0, left_minutes: 0 });

export const leftOf = (one) =>
  text(one.left_minutes < 0 ? "clock.over" : "clock.left", { span: span(Math.abs(one.left_minutes)) });

function tile(name, value, note, className) {
  const found = made("div", `clock ${className}`);
  found.dataset.clock = name;
  found.append(made("span", "small", text(`column.${name}`)), made("b", "", value), made("span", "note", note));
  return found;
}
