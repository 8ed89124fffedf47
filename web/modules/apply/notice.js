// What the page says of itself: how it reaches the node, and what went wrong.
import { by } from "/modules/dom.js";
import { text } from "/modules/texts.js";

export function drawState(state) {
  by("state").textContent = text(`state.${state}`);
  by("state").className = ["live", "loading"].includes(state) ? "" : "offline";
  const isNotice = state !== "live" && state !== "loading";
  by("notice").hidden = !isNotice;
  if (isNotice) by("notice").textContent = text(`apply.notice.${state}`);
}

export function say(what) {
  by("said").hidden = !what;
  by("said").textContent = what;
}
