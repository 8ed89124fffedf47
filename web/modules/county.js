// The county's page: figures, the day's report, each read model as a table.
import { ask, repeat, stateOf } from "/modules/client.js";
import { by, made, write } from "/modules/dom.js";
import { clock, jin, number, span, tenThousand } from "/modules/format.js";
import { readFirms, readPlaces } from "/modules/names.js";
import { drawLinks, signedIn } from "/modules/nav.js";
import { plain, redraw } from "/modules/redraw.js";
import { drawState } from "/modules/state.js";
import { TABLES, tableOf } from "/modules/tables.js";
import { loadTexts, switchLanguage, text } from "/modules/texts.js";

const EVERY_MS = 5000;
const boards = {};
let state = "loading";

async function refresh() {
  try {
    await readFirms();
    await readPlaces();
    boards.county = await ask("/v1/county-board");
    for (const table of TABLES) boards[table.name] = await ask(table.path);
    state = "live";
  } catch (error) {
    state = stateOf(error);
  }
  draw();
}

function draw() {
  const board = boards.county;
  drawState(state, "notice");
  write(by("now"), board ? text("as_of", { time: clock(board.now) }) : "");
  redraw(by("figures"), board ? figures(board.figures) : []);
  report(board);
  const shown = state === "signed_out" || state === "wrong_role" ? [] : TABLES;
  redraw(by("tables"), shown.map((t) => tableOf(t, boards[t.name], state)));
}

function figures(found) {
  const { resumption, needs, passes } = found;
  const rate = number(resumption.rate_percent);
  return [
    [`${resumption.resumed} / ${resumption.registered}`, text("figure.resumed", { rate })],
    [jin(found.mass_kg), text("figure.jin", { cases: number(found.cases) })],
    [number(found.amount_cny), text("figure.yuan")],
    [number(found.communities), text("figure.communities")],
    [
      `${passes.decided} / ${passes.asked}`,
      text("figure.passes", {
        median: passes.decided ? span(passes.median_minutes) : "—",
        longest: passes.asked ? span(passes.longest_minutes) : "—",
        breached: passes.breached,
      }),
    ],
    [
      `${needs.resolved} / ${needs.raised}`,
      text("figure.needs", { site: needs.resolved_on_site, assigned: needs.assigned }),
    ],
    [
      tenThousand(needs.loans_cny + needs.bills_cny),
      text("figure.money", {
        loans: tenThousand(needs.loans_cny),
        bills: tenThousand(needs.bills_cny),
      }),
    ],
  ].map(([value, label], i) => {
    const tile = made("div", "figure");
    tile.append(made("b", "", value), made("span", "", label));
    return plain(i, tile);
  });
}

function report(board) {
  const frozen = board?.frozen;
  by("report").hidden = !frozen;
  if (!frozen) return;
  const { resumption, passes } = frozen;
  const lines = [
    text("report.line", {
      day: board.day,
      resumed: resumption.resumed,
      registered: resumption.registered,
      rate: number(resumption.rate_percent),
      more: resumption.new_today,
      asked: passes.asked,
      decided: passes.decided,
      median: span(passes.median_minutes),
      longest: span(passes.longest_minutes),
      breached: passes.breached,
      jin: jin(frozen.mass_kg),
      yuan: number(frozen.amount_cny),
      communities: frozen.communities,
    }),
  ];
  const later = board.adjusted;
  if (later) {
    lines.push(
      text("report.adjusted", {
        jin: jin(later.mass_kg - frozen.mass_kg),
        yuan: number(later.amount_cny - frozen.amount_cny),
        resumed: later.resumption.resumed - resumption.resumed,
      }),
    );
  }
  write(by("report-text"), lines.join(" "));
}

async function start() {
  await loadTexts();
  let me = null;
  switchLanguage(() => {
    draw();
    drawLinks(me);
  });
  by("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText(by("report-text").textContent);
    by("copy").textContent = text("copied");
  });
  draw();
  me = await signedIn();
  const health = await ask("/health").catch(() => null);
  by("demo").hidden = !health?.is_demo;
  await refresh();
  repeat(refresh, EVERY_MS);
}

start();
