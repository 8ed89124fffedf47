// The read models as tables: columns are data, rows come from the boards.
import { urgency } from "/modules/clocks.js";
import { made } from "/modules/dom.js";
import { clock, jin, number, span } from "/modules/format.js";
import { firmName, placeName } from "/modules/names.js";
import { box, plain } from "/modules/redraw.js";
import { emptyText } from "/modules/state.js";
import { text, word } from "/modules/texts.js";

const MOST = 200;
const passColour = (row) => ({ bad: "bad", warn: "warn" })[urgency(row)] ?? "";
const stateColour = (row) => (row.state === "broken_down" ? "bad" : "");
const waits = (row) => Math.max(0, ...Object.values(row.wait_minutes));
const waitColour = (row) => (waits(row) >= 12 ? "warn" : "");

// What an alert's kind has to say about its details; other kinds say nothing.
function told(group, row) {
  const key = `${group}.${row.kind}`;
  const details = { ...row.details, why: word("why", row.details.why) };
  for (const name of ["checkpoint", "from", "lane"]) if (details[name]) details[name] = placeName(details[name]);
  const found = text(key, details);
  return found === key ? "—" : found;
}

export const TABLES = [
  {
    name: "alerts",
    path: "/v1/alerts",
    rows: (board) => board.alerts,
    columns: [
      ["kind", (r) => word("alert", r.kind), (r) => (r.severity === "critical" ? "bad" : "warn")],
      ["subject", (r) => r.details.plate || placeName(r.subject)],
      ["onset", (r) => clock(r.onset_time)],
      ["detail", (r) => told("detail", r)],
      ["todo", (r) => told("todo", r), () => "words"],
      ["assigned", (r) => r.assigned_to || "—"],
    ],
  },
  {
    name: "pass_desk",
    path: "/v1/pass-desk",
    rows: (board) => board.applications,
    columns: [
      ["plate", (r) => r.plate],
      ["applicant", (r) => firmName(r.organisation)],
      ["status", (r) => word("pass", r.status)],
      ["in_hand", (r) => span(r.in_hand_minutes), passColour, true],
      ["desk", (r) => span(r.desk_minutes), null, true],
      ["deadline", (r) => clock(r.deadline_time)],
    ],
  },
  {
    name: "live_routes",
    path: "/v1/live-routes",
    rows: (board) => board.routes,
    columns: [
      ["plate", (r) => r.plate],
      ["document", (r) => r.document_no],
      ["status", (r) => word("route", r.state), stateColour],
      ["last_place", (r) => placeName(r.last_place) || "—"],
      ["age", (r) => span(r.age_minutes), null, true],
      ["next_checkpoint", (r) => placeName(r.next_checkpoint) || "—"],
      ["stops", (r) => `${r.stops_done} / ${r.stops_done + r.stops_left}`, null, true],
      ["on_board", (r) => number(r.cases_on_board), null, true],
    ],
  },
  {
    name: "checkpoint_board",
    path: "/v1/checkpoint-board",
    rows: (board) => board.checkpoints,
    columns: [
      ["checkpoint", (r) => r.name || r.checkpoint],
      [
        "status",
        (r) => text(r.is_open ? (r.is_silent ? "silent" : "open") : "closed"),
        (r) => (r.is_silent ? "warn" : ""),
      ],
      ["wait", (r) => span(waits(r)), waitColour, true],
      ["admitted", (r) => number(r.admitted), null, true],
      ["held", (r) => number(r.held), null, true],
      ["turned_back", (r) => number(r.turned_back), (r) => (r.turned_back ? "bad" : ""), true],
      ["findings", (r) => number(r.findings.length), null, true],
      ["last", (r) => clock(r.last_time)],
    ],
  },
  {
    name: "deliveries",
    path: "/v1/deliveries",
    rows: (board) => board.communities,
    columns: [
      ["community", (r) => placeName(r.community)],
      ["cases", (r) => number(r.cases), null, true],
      ["jin", (r) => jin(r.mass_kg), null, true],
      ["yuan", (r) => number(r.amount_cny), null, true],
    ],
  },
  {
    name: "clearance",
    path: "/v1/clearance",
    rows: (board) => board.vehicles,
    columns: [
      ["plate", (r) => r.plate],
      [
        "disinfection",
        (r) =>
          r.is_disinfected ? span(r.minutes_left) : r.disinfected_until ? text("lapsed") : "—",
        (r) => (r.is_disinfected ? "good" : r.disinfected_until ? "warn" : ""),
        true,
      ],
      [
        "pass",
        (r) => r.passes.at(-1)?.number ?? "—",
        (r) => (r.is_pass_valid ? "good" : r.passes.length ? "warn" : ""),
      ],
      ["last_post", (r) => placeName(r.posts[0]?.checkpoint) || "—"],
      ["last", (r) => clock(r.posts[0]?.time)],
    ],
  },
];

// One of them as a part of the page: row by row, so that who reads keeps the place.
export function tableOf(table, board, state) {
  const rows = board ? table.rows(board) : [];
  const title = made("h2", "", text(`table.${table.name}`));
  if (rows.length) title.append(made("small", "", ` ${number(rows.length)}`));
  const inside = rows.length
    ? box("table", made("table"), [plain("head", headOf(table)), box("body", made("tbody"), linesOf(table, rows))])
    : plain("empty", made("p", "empty", emptyText(board, state, "empty")));
  const panel = made("section", "panel");
  panel.dataset.table = table.name;
  return box(table.name, panel, [plain("title", title), inside]);
}

function headOf(table) {
  const head = made("thead");
  const line = head.insertRow();
  for (const [name, , , isNumber] of table.columns) {
    line.append(made("th", isNumber ? "number" : "", text(`column.${name}`), { scope: "col" }));
  }
  return head;
}

function linesOf(table, rows) {
  return rows.slice(0, MOST).map((row, i) => {
    const line = made("tr");
    for (const [, show, colour, isNumber] of table.columns) {
      const value = show(row);
      const looks = [isNumber && "number", value === "—" && "blank", colour?.(row)];
      line.append(made("td", looks.filter(Boolean).join(" "), value));
    }
    return plain(i, line);
  });
}
