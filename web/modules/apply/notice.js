// What went wrong with what somebody did, in words beside it.
import { by } from "/modules/dom.js";

export function say(what) {
  by("said").hidden = !what;
  by("said").textContent = what;
}
