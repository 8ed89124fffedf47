// The keyboard of the desk: one letter per act, nothing while somebody types.
import { digit, openDialog } from "/modules/desk/dialogs.js";

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select";

export function listen(acts) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches?.(TYPING)) return typing(event, acts);
    if (openDialog()) return inDialog(event, acts);
    const act = BY_KEY[event.key] ?? BY_KEY[event.key.toLowerCase()];
    if (act) {
      event.preventDefault();
      acts[act]();
    } else if (/^[1-9]$/.test(event.key)) acts.paper(Number(event.key) - 1);
  });
}

const BY_KEY = {
  j: "next",
  ArrowDown: "next",
  k: "previous",
  ArrowUp: "previous",
  a: "approve",
  r: "refuse",
  i: "ask",
  v: "reveal",
  PageDown: "down",
  PageUp: "up",
  "/": "search",
  "?": "help",
  Escape: "back",
};

function typing(event, acts) {
  if (event.key === "Escape" || (event.key === "Enter" && event.target.id === "search")) {
    event.preventDefault();
    event.target.blur();
    if (event.key === "Enter") acts.first();
  }
}

function inDialog(event, acts) {
  const dialog = openDialog();
  if (/^[1-9]$/.test(event.key)) {
    if (dialog.id === "big") acts.instead(Number(event.key) - 1);
    else if (digit(event.key)) event.preventDefault();
    return;
  }
  const isAgain = dialog.id === "approve" && event.key.toLowerCase() === "a";
  if (isAgain || event.key === "Enter") {
    event.preventDefault();
    dialog.querySelector("form")?.requestSubmit();
    if (dialog.id === "help" || dialog.id === "big") dialog.close();
  }
}
