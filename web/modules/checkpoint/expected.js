// Trucks that should come, nearest first, and those that were held here: one tap each.
import { text } from "/modules/texts.js";
import { spaced } from "/modules/plates.js";
import { ago, hour, key, made, openPanel } from "/modules/checkpoint/ui.js";

const SHOWN = 60;

// By how far its window is from now; who has passed here already comes last.
export function nearestFirst(rows, now, passed) {
  const distance = (row) => {
    if (passed.has(row.number)) return Number.MAX_VALUE;
    if (!row.windowFrom) return 1e12;
    if (now < row.windowFrom) return row.windowFrom - now;
    return Math.max(0, now - (row.windowUntil ?? row.windowFrom));
  };
  return [...rows].sort((a, b) => distance(a) - distance(b) || a.plate.localeCompare(b.plate));
}

// Plates whose last decision on this phone is to hold them.
export function heldPlates(scans) {
  const last = new Map();
  for (const scan of [...scans].sort((a, b) => a.time - b.time)) if (scan.plate) last.set(scan.plate, scan);
  return [...last.values()].filter((scan) => scan.decision === "held");
}

export function openExpected(app) {
  const { sheet } = app.lists;
  const now = app.clock.now();
  const passed = new Set(app.scans.filter((scan) => scan.decision === "admitted" && scan.direction === app.direction && now - scan.time < 12 * 3600).map((scan) => scan.number));
  const rows = nearestFirst((sheet?.rows ?? []).filter((row) => !row.replacedBy), now, passed);
  const list = made("div", { className: "expected" });
  const filter = made("input", { inputMode: "text", autocomplete: "off", placeholder: text("cp.filter"), ariaLabel: text("cp.filter") });
  const draw = () => {
    const wanted = filter.value.trim().toUpperCase();
    const found = rows.filter((row) => row.plate.includes(wanted) || row.number.endsWith(wanted) || row.trailer?.includes(wanted));
    list.replaceChildren(...found.slice(0, SHOWN).map((row) => truck(app, row, now, passed)));
    if (!found.length) list.append(made("p", { className: "empty", textContent: text(sheet ? "cp.none_expected" : "cp.no_sheet") }));
    if (found.length > SHOWN) list.append(made("p", { className: "empty", textContent: text("cp.more", { count: found.length - SHOWN }) }));
  };
  filter.addEventListener("input", draw);
  draw();
  openPanel(text("cp.expected"), ...held(app), filter, list);
}

function held(app) {
  const found = heldPlates(app.scans);
  if (!found.length) return [];
  const again = (scan) => key(`${spaced(scan.plate)} · ${text("cp.held_for", { time: ago(app.clock.now() - scan.time) })}`, () => app.consider({ by: "plate", plate: scan.plate }), "truck", { held: scan.plate });
  return [made("h3", { textContent: text("cp.held_here") }), made("div", { className: "expected" }, ...found.map(again))];
}

function truck(app, row, now, passed) {
  const window = row.windowFrom ? `${hour(row.windowFrom)}–${hour(row.windowUntil)}` : text("cp.no_window");
  const left = row.disinfectedUntil ? (row.disinfectedUntil > now ? text("cp.left", { time: ago(row.disinfectedUntil - now) }) : text("cp.lapsed", { time: ago(now - row.disinfectedUntil) })) : text("cp.none_known");
  const button = key("", () => app.consider({ by: "row", row }), `truck${passed.has(row.number) ? " passed" : ""}`, { number: row.number });
  button.append(made("b", { textContent: spaced(row.plate) }), made("span", { textContent: window }), made("small", { textContent: passed.has(row.number) ? text("cp.passed") : `${text("cp.fact.disinfection")} ${left}` }));
  return button;
}
