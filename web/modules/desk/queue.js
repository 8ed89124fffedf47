// The queue: truck swaps above all others, then the least time left first.
import { leftOf, urgency } from "/modules/clocks.js";
import { made } from "/modules/dom.js";
import { span } from "/modules/format.js";
import { firmName } from "/modules/names.js";
import { box, plain, redraw } from "/modules/redraw.js";
import { text, word } from "/modules/texts.js";

export function matches(one, search) {
  const words = `${one.plate} ${one.organisation} ${firmName(one.organisation)} ${one.goods}`.toLowerCase();
  return search.toLowerCase().split(/\s+/).every((part) => words.includes(part));
}

// Draws the rows in the order that the node gave; `fresh` ones came in just now.
export function drawQueue(root, rows, { chosen, fresh }) {
  const groups = [["swaps", rows.filter((one) => one.replaces)], ["others", rows.filter((one) => !one.replaces)]];
  redraw(root, groups.filter(([, found]) => found.length).map(([name, found]) => {
    const title = made("h2", "", text(`desk.${name}`));
    title.append(made("small", "", ` ${found.length}`));
    const lines = found.map((one) => row(one, one.pass_id === chosen, fresh.has(one.pass_id)));
    return box(name, made("section", `queue ${name}`), [plain("title", title), box("rows", made("ol"), lines)]);
  }));
}

function row(one, isChosen, isFresh) {
  const said = [
    [made("b", `plate ${one.plate_kind}`, one.plate), made("b", "left", leftOf(one))],
    [made("span", "", firmName(one.organisation)), made("span", "", `${text("column.in_hand")} ${span(one.in_hand_minutes)}`)],
    [made("span", one.is_paused ? "warn" : "", one.is_paused ? text("clock.paused") : word("pass", one.status)), made("span", "", `${text("column.desk")} ${span(one.desk_minutes)}`)],
  ];
  const found = made("button", `row ${urgency(one)} ${isFresh ? "fresh" : ""}`, "", { type: "button" });
  Object.assign(found.dataset, { pass: one.pass_id, act: "choose" });
  if (isChosen) found.ariaCurrent = "true";
  found.append(...said.map((line, i) => {
    const words = made("span", i ? "line small" : "line");
    words.append(...line);
    return words;
  }));
  const item = made("li");
  item.append(found);
  return plain(one.pass_id, item);
}
