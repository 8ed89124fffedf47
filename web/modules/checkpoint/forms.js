// What else an officer reports: disinfection, the wait, the shift, what paper says.
import { text } from "/modules/texts.js";
import { askPlate } from "/modules/checkpoint/keyboard.js";
import { spaced } from "/modules/plates.js";
import { explain } from "/modules/problems.js";
import { heldPlates } from "/modules/checkpoint/expected.js";
import { ago, closePanel, key, made, openPanel, toast } from "/modules/checkpoint/ui.js";

const WAITS = [0, 5, 10, 15, 20, 30, 45, 60, 90, 120];
const AGENTS = ["84消毒液", "过氧乙酸", "二氧化氯", "酒精"];
const VERDICTS = { admitted: "green", held: "amber", turned_back: "red" };
const ZONE_MS = 8 * 3600_000;

export function openDisinfection(app, plate, done) {
  if (!plate) return askPlate(text("cp.disinfect"), app.rows(), (typed) => openDisinfection(app, typed, done), true);
  const save = async (agent) => {
    closePanel();
    const until = await app.disinfected(plate, agent);
    if (until) toast(text("cp.disinfected", { plate: spaced(plate) }));
    done?.();
  };
  const choices = AGENTS.map((agent) => key(agent, () => save(agent), "wide", { agent }));
  return openPanel(text("cp.disinfect"), made("p", { className: "large", textContent: spaced(plate) }), ...choices);
}

export function openWait(app) {
  const save = async (minutes) => {
    closePanel();
    const body = { checkpoint: app.device.checkpoint, direction: app.direction, wait_minutes: minutes };
    if (await app.report("wait", body)) toast(text("cp.wait_told", { minutes }));
  };
  const choices = WAITS.map((minutes) => key(text("span.minutes", { minutes }), () => save(minutes), "", { minutes }));
  openPanel(text("cp.wait"), made("p", { textContent: text("cp.wait_ask", { direction: text(`cp.direction.${app.direction}`) }) }), made("div", { className: "grid" }, ...choices));
}

// The next officer's PIN opens the session anew; without a network it is asked later.
export async function openHandover(app) {
  const battery = await navigator.getBattery?.().catch(() => null);
  const unsent = await app.unsent();
  const held = heldPlates(app.scans).length;
  const sheetMinutes = Math.max(0, Math.round((app.lists.sheetAge(app.clock.now()) ?? 0) / 60));
  const percent = made("input", { inputMode: "numeric", value: battery ? Math.round(battery.level * 100) : "", ariaLabel: text("cp.battery") });
  const pin = made("input", { type: "password", inputMode: "numeric", autocomplete: "off", ariaLabel: text("pin") });
  const problem = made("p", { className: "problem", role: "alert" });
  const save = async () => {
    const level = Number(percent.value);
    if (percent.value === "" || !(level >= 0 && level <= 100)) return void (problem.textContent = text("cp.battery_wrong"));
    const code = await app.reopen(pin.value);
    if (code) return void (problem.textContent = explain({ code }, "sign_in.problem"));
    const body = { checkpoint: app.device.checkpoint, unsent, held, battery_percent: Math.round(level), sheet_age_minutes: sheetMinutes };
    if (await app.report("handover", body)) {
      closePanel();
      toast(text("cp.handed_over"));
    }
  };
  openPanel(
    text("cp.handover"),
    facts([["cp.unsent", unsent], ["cp.held", held], ["cp.fact.sheet", app.lists.sheet ? ago(sheetMinutes * 60) : text("cp.no_sheet")]]),
    made("label", {}, text("cp.battery"), percent),
    made("label", {}, text("cp.next_pin"), pin),
    problem,
    key(text("cp.hand_over"), save, "choice admitted", { act: "hand-over" }),
  );
}

// 补录: what was written on paper while there was no phone, at the time it happened.
export function openPaper(app) {
  askPlate(text("cp.paper_plate"), app.rows(), (plate) => {
    const time = made("input", { type: "datetime-local", value: local(app.clock.nowMs()), ariaLabel: text("cp.paper_time") });
    const reason = made("input", { maxLength: 200, ariaLabel: text("cp.paper_reason") });
    const problem = made("p", { className: "problem", role: "alert" });
    const save = async (decision) => {
      const atMs = Date.parse(`${time.value}:00+08:00`);
      if (Number.isNaN(atMs)) return void (problem.textContent = text("cp.paper_time_wrong"));
      const row = app.rows().find((each) => each.plate === plate);
      const body = { checkpoint: app.device.checkpoint, direction: app.direction, plate, plate_kind: row?.plateKind ?? "unknown", pass_number: row?.number ?? "", verdict: VERDICTS[decision], reason: reason.value.trim() || "paper", decision, device: app.device.id, source: "paper" };
      if (!(await app.report("scan", body, { atMs, skewMs: 0 }))) return undefined;
      toast(text("cp.paper_told", { plate: spaced(plate) }));
      return openPaper(app);
    };
    const choice = (decision) => key(text(`cp.decision.${decision}`), () => save(decision), `wide ${decision}`, { act: `paper-${decision}` });
    openPanel(
      text("cp.paper"),
      made("p", { className: "large", textContent: `${spaced(plate)} · ${text(`cp.direction.${app.direction}`)}` }),
      made("label", {}, text("cp.paper_time"), time),
      made("label", {}, text("cp.paper_reason"), reason),
      made("p", { className: "small", textContent: text("words.no_persons") }),
      problem,
      ...["admitted", "held", "turned_back"].map(choice),
    );
  });
}

const local = (ms) => new Date(ms + ZONE_MS).toISOString().slice(0, 16);

function facts(rows) {
  return made("dl", {}, ...rows.flatMap(([name, value]) => [made("dt", { textContent: text(name) }), made("dd", { textContent: value })]));
}
