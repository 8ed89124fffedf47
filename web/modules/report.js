// The weekly report: the six-hour record by issuer, as a table and as words to copy.
import { ask, stateOf } from "/modules/client.js";
import { by, made } from "/modules/dom.js";
import { clock, number, span } from "/modules/format.js";
import { drawLinks, signedIn } from "/modules/nav.js";
import { drawState, emptyText } from "/modules/state.js";
import { loadTexts, switchLanguage, text } from "/modules/texts.js";

const DAY_MS = 86_400_000;
const COLUMNS = ["asked", "decided", "same_day", "average", "median", "longest", "breached", "swaps"];
let me = null;
let board = null;
let state = "loading";

const wanted = () => new URLSearchParams(location.search).get("week") ?? "";

async function read(week = wanted()) {
  try {
    board = await ask(`/v1/pass-report${week ? `?week=${encodeURIComponent(week)}` : ""}`);
    state = "live";
    history.replaceState(null, "", `?week=${board.week}`);
  } catch (error) {
    state = stateOf(error);
  }
  draw();
}

function draw() {
  drawState(state, "report.notice");
  if (state === "live") by("state").textContent = "";
  by("words").hidden = !board;
  if (!board) return by("table").replaceChildren(made("p", "empty", emptyText(board, state)));
  by("week").textContent = text("report.week", days());
  by("made").textContent = text("report.made", { time: clock(board.now) });
  by("later").disabled = board.last_day >= board.now.slice(0, 10);
  if (!board.total.asked) by("table").replaceChildren(made("p", "empty", text("report.none")));
  else by("table").replaceChildren(table());
  by("text").textContent = words();
}

const days = () => ({ week: board.week, first: board.first_day, last: board.last_day });

function table() {
  const found = made("table");
  const head = found.createTHead().insertRow();
  for (const name of ["issuer", ...COLUMNS]) {
    head.append(made("th", name === "issuer" ? "" : "number", text(name === "issuer" ? "field.issuer" : `report.${name}`), { scope: "col" }));
  }
  const body = found.createTBody();
  for (const one of board.issuers) line(body, one.name, one.record);
  line(body, text("report.total"), board.total).className = "total";
  return found;
}

function line(body, name, record) {
  const row = body.insertRow();
  row.insertCell().textContent = name;
  const values = valuesOf(record);
  for (const column of COLUMNS) {
    const isBad = column === "breached" && record.breached > 0;
    row.append(made("td", `number ${isBad ? "bad" : ""}`, values[column]));
  }
  return row;
}

function valuesOf(record) {
  const time = (minutes, count) => (count ? span(minutes) : "—");
  return {
    asked: number(record.asked),
    decided: number(record.decided),
    same_day: number(record.same_day),
    average: time(record.average_minutes, record.decided),
    median: time(record.median_minutes, record.decided),
    longest: time(record.longest_minutes, record.asked),
    breached: number(record.breached),
    swaps: record.swaps_late ? text("report.swaps_of", { swaps: number(record.swaps), late: number(record.swaps_late) }) : number(record.swaps),
  };
}

function words() {
  const all = { ...valuesOf(board.total), swaps: board.total.swaps, late: board.total.swaps_late };
  const lines = [text("report.text", { ...days(), ...all })];
  for (const { name, record } of board.issuers) {
    if (record.asked) lines.push(text("report.line_issuer", { name, ...valuesOf(record) }));
  }
  return lines.join("\n");
}

// ISO weeks by way of Thursday, which names the year.
function weekOf(day) {
  const thursday = new Date(Date.parse(`${day}T00:00:00Z`));
  thursday.setUTCDate(thursday.getUTCDate() + 3 - ((thursday.getUTCDay() + 6) % 7));
  const year = thursday.getUTCFullYear();
  const count = 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * DAY_MS));
  return `${year}-W${String(count).padStart(2, "0")}`;
}

function move(count) {
  if (!board) return;
  const day = new Date(Date.parse(`${board.first_day}T00:00:00Z`) + count * 7 * DAY_MS);
  read(weekOf(day.toISOString().slice(0, 10)));
}

await loadTexts();
switchLanguage(() => {
  draw();
  drawLinks(me);
});
by("earlier").addEventListener("click", () => move(-1));
by("later").addEventListener("click", () => move(1));
by("print").addEventListener("click", () => print());
by("copy").addEventListener("click", async () => {
  await navigator.clipboard?.writeText(by("text").textContent);
  by("copy").textContent = text("copied");
});
draw();
me = await signedIn();
await read();
