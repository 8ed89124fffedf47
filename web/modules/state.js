// What every page says of itself: how it reaches the node, and why it shows nothing.
import { by, write } from "/modules/dom.js";
import { text } from "/modules/texts.js";

export const isWell = (state) => state === "live" || state === "loading";

// `notices` is the family of texts that say what can be done on this page.
export function drawState(state, notices) {
  write(by("state"), text(`state.${state}`));
  by("state").className = isWell(state) ? "" : "offline";
  by("notice").hidden = isWell(state);
  if (!isWell(state)) write(by("notice"), text(`${notices}.${state}`));
}

// Where nothing stands: because nothing is there, or because nothing was read.
export const emptyText = (isRead, state, key) => text(isRead ? key : state === "loading" ? "loading" : "unread");
