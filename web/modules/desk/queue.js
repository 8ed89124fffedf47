// The queue: truck swaps above all others, then the least time left first.
import { leftOf, urgency } from "/modules/clocks.js";
import { made } from "/modules/dom.js";
import { span } from "/modules/format.js";
import { text, word } from "/modules/texts.js";

export function matches(one, search) {
  const words = `${one.plate} ${one.organisation} ${one.on_behalf_of} ${one.goods}`.toLowerCase();
  return search.toLowerCase().split(/\s+/).every((part) => words.includes(part));
}

// Draws the rows in the order that the node gave; `fresh` ones came in just now.
export function drawQueue(root, rows, { chosen, fresh, choose }) {
  const groups = [["swaps", rows.filter((one) => one.replaces)], ["others", rows.filter((one) => !one.replaces)]];
  root.replaceChildren(...groups.filter(([, found]) => found.length).map(([name, found]) => {
    const box = made("section", `queue ${name}`);
    box.append(made("h2", "", text(`desk.${name}`)));
    box.firstChild.append(made("small", "", ` ${found.length}`));
    const list = made("ol");
    list.append(...found.map((one) => row(one, one.pass_id === chosen, fresh.has(one.pass_id), choose)));
    box.append(list);
    return box;
  }));
}

function row(one, isChosen, isFresh, choose) {
  const item = made("li");
  const found = made("button", `row ${urgency(one)} ${isFresh ? "fresh" : ""}`, "", { type: "button" });
  found.dataset.pass = one.pass_id;
  if (isChosen) found.ariaCurrent = "true";
  const first = made("span", "line");
  first.append(made("b", `plate ${one.plate_kind}`, one.plate), made("b", "left", leftOf(one)));
  const second = made("span", "line small");
  second.append(made("span", "", one.on_behalf_of || one.organisation), made("span", "", `${text("column.in_hand")} ${span(one.in_hand_minutes)}`));
  const third = made("span", "line small");
  third.append(made("span", one.is_paused ? "warn" : "", one.is_paused ? text("clock.paused") : word("pass", one.status)), made("span", "", `${text("column.desk")} ${span(one.desk_minutes)}`));
  found.append(first, second, third);
  found.addEventListener("click", () => choose(one.pass_id, true));
  item.append(found);
  return item;
}
