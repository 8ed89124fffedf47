// The verdict over the whole screen: colour, shape, one reason, and what to do.
import { text, word } from "/modules/texts.js";
import { spaced } from "/modules/plates.js";
import { ago, by, day, hour, key, made } from "/modules/checkpoint/ui.js";
import { GREEN_MS } from "/modules/checkpoint/turns.js";

const CHOICES = {
  green: ["admitted", "held"],
  amber: ["admitted", "held"],
  red: ["turned_back", "held"],
};
const SHAPES = {
  green: "M50 4a46 46 0 1 0 0 92 46 46 0 0 0 0-92zM24 51l18 18 34-38",
  amber: "M50 6L97 92H3zM50 36v28M50 76v3",
  red: "M31 4h38l27 27v38L69 96H31L4 69V31zM33 33l34 34M67 33L33 67",
};

// `act`: {decide, revise, disinfect, comparePlate, laneName, postName}.
export function drawVerdict(turn, act) {
  const { verdict } = turn;
  const { colour, facts } = verdict;
  const screen = by("verdict");
  screen.className = colour;
  screen.dataset.reason = verdict.reason;
  const parts = [
    head(verdict, turn.isManual),
    plate(facts),
    facts.instructions.length ? made("ul", { className: "instructions" }, ...facts.instructions.map((each) => made("li", { textContent: each.text }))) : null,
    also(verdict.reasons.slice(1)),
    checks(turn, act),
    grid(turn, act),
    foot(turn, act),
  ];
  screen.replaceChildren(...parts.filter(Boolean));
  screen.hidden = false;
}

export function clearVerdict() {
  by("verdict").hidden = true;
  by("verdict").replaceChildren();
}

function head({ colour, reason, facts }, isManual) {
  const advice = reason === "ok" && isManual ? "cp.advice.choose" : `cp.advice.${reason}`;
  const values = {
    time: hour(facts.scannedBefore),
    number: facts.replacedBy,
    minutes: facts.minutesLeft === null ? "" : ago(-facts.minutesLeft * 60),
    count: facts.crewCount,
  };
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  shape.setAttribute("viewBox", "0 0 100 100");
  shape.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[colour]);
  shape.append(path);
  return made(
    "div",
    { className: "head" },
    shape,
    made("div", {}, made("h2", { id: "verdict-title", textContent: text(`cp.reason.${reason}`, values) }), made("p", { textContent: text(advice, values) })),
  );
}

function plate(facts) {
  const seen = facts.plateSeen && facts.plateSeen !== facts.plate ? facts.plateSeen : null;
  const trailer = facts.trailer ? made("span", { className: "trailer", textContent: `＋ ${spaced(facts.trailer)}` }) : null;
  return made(
    "p",
    { className: "plate" },
    made("b", { className: `chip ${facts.plateKind}`, textContent: spaced(facts.plate) || facts.shortCode || "—" }),
    trailer,
    seen ? made("span", { className: "seen", textContent: text("cp.seen_plate", { plate: spaced(seen) }) }) : null,
  );
}

function also(reasons) {
  if (!reasons.length) return null;
  return made("p", { className: "also", textContent: reasons.map((reason) => text(`cp.also.${reason}`)).join(" · ") });
}

// Counted and asked, never who or how warm.
function checks(turn, act) {
  const { crewCount, crewSeen, temperatureNormal } = turn.verdict.facts;
  const expected = crewCount ?? 1;
  const counted = crewSeen ?? expected;
  const to = (count) => () => act.revise({ crewCount: Math.min(9, Math.max(0, count)) });
  const crew = made(
    "div",
    { className: "crew", role: "group", ariaLabel: text("cp.crew") },
    key("−", to(counted - 1), "", { act: "crew-less" }),
    key(
      text(crewSeen === null ? "cp.crew_ask" : "cp.crew_of", { count: counted, of: crewCount ?? "?" }),
      to(counted),
      crewSeen === null ? "" : "on",
      { act: "crew-count" },
    ),
    key("＋", to(counted + 1), "", { act: "crew-more" }),
  );
  const warm = (isNormal) =>
    key(
      text(isNormal ? "cp.temperature_normal" : "cp.temperature_high"),
      () => act.revise({ temperatureNormal: isNormal }),
      temperatureNormal === isNormal ? "on" : "",
      { act: isNormal ? "normal" : "high" },
    );
  return made("div", { className: "checks" }, crew, made("div", { className: "warm" }, warm(true), warm(false)));
}

// What is not known is not listed: a stranger's verdict is its reason, not dashes.
function grid(turn, act) {
  const { facts } = turn.verdict;
  const left = facts.minutesLeft;
  const rows = [
    ["cp.fact.disinfection", left === null ? text("cp.none_known") : left > 0 ? text("cp.left", { time: ago(left * 60) }) : text("cp.lapsed", { time: ago(-left * 60) })],
    ["cp.fact.valid", facts.validUntil ? `${day(facts.validFrom)} – ${day(facts.validUntil)}` : ""],
    ["cp.fact.number", [facts.number, facts.shortCode].filter(Boolean).join(" / ")],
    ["cp.fact.cargo", word("cp.cargo", facts.cargo)],
    ["cp.fact.lane", act.laneName(facts.lane)],
    ["cp.fact.last", facts.lastPost ? `${act.postName(facts.lastPost)} ${hour(facts.lastTime)}` : ""],
    ["cp.fact.sheet", facts.sheetAge === null ? text("cp.no_sheet") : ago(facts.sheetAge)],
  ];
  const known = rows.filter(([, value]) => value);
  return made("dl", {}, ...known.flatMap(([name, value]) => [made("dt", { textContent: text(name) }), made("dd", { textContent: value })]));
}

function foot(turn, act) {
  const { colour, reasons, facts } = turn.verdict;
  const isDirty = reasons.some((reason) => reason.startsWith("disinfection"));
  const extra = [
    isDirty ? key(text("cp.disinfect_here"), act.disinfect, "", { act: "disinfect" }) : null,
    facts.plate ? key(text("cp.compare_plate"), act.comparePlate, "", { act: "compare" }) : null,
  ];
  if (colour === "green" && !turn.isManual) {
    const left = made("div", { className: "left" });
    left.style.animationDuration = `${GREEN_MS}ms`;
    return made("div", { className: "foot" }, made("div", { className: "extra" }, ...extra, key(text("cp.stop"), () => act.revise({}), "", { act: "stop" })), left);
  }
  const third = ["admitted", "held", "turned_back"].filter((each) => !CHOICES[colour].includes(each));
  const choice = (decision) => key(text(`cp.decision.${decision}`), () => act.decide(decision), `choice ${decision}`, { act: decision });
  const other = third.map((each) => key(text(`cp.decision.${each}`), () => act.decide(each), "", { act: each }));
  return made("div", { className: "foot" }, made("div", { className: "extra" }, ...extra, ...other), ...CHOICES[colour].map(choice));
}
