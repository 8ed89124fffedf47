// What the barrier should do with a truck, and the one reason why. Pure: all that it
// looks at is handed in, times are seconds, so that every rule stands in a table of tests.
const MINUTE = 60;
const HOUR = 3600;
export const LISTS_HOLD = 24 * HOUR;
export const SHEET_HOLDS = 4 * HOUR;
export const TWICE_WITHIN = 10 * MINUTE;

// The first of these that applies is the reason; its colour is the verdict.
const ORDER = [
  ["red", "bad_signature"],
  ["red", "revoked"],
  ["red", "replaced"],
  ["red", "plate_mismatch"],
  ["red", "suspended"],
  ["red", "expired"],
  ["red", "not_yet_valid"],
  ["red", "instruction_turn_back"],
  ["amber", "unreadable"],
  ["amber", "unknown_key"],
  ["amber", "clock_wrong"],
  ["amber", "suspended_then"],
  ["amber", "renewed"],
  ["amber", "no_lists"],
  ["amber", "lists_old"],
  ["amber", "temperature"],
  ["amber", "crew_mismatch"],
  ["amber", "scanned_twice"],
  ["amber", "off_lane"],
  ["amber", "not_listed"],
  ["amber", "sheet_faded"],
  ["amber", "instruction_check"],
  ["amber", "disinfection_lapsed"],
  ["amber", "disinfection_missing"],
];
export const REASONS = ["ok", ...ORDER.map(([, reason]) => reason)];

// `seen`: {by: "qr" | "plate" | "code" | "row", pass, problem, plate, code, row,
//   plateSeen, crewCount, temperatureNormal}.
// `known`: {now, isClockSure, checkpoint, direction, lanes, sheet, sheetTime, status,
//   listsTime, recent, disinfected}; `status` is what its status list says of the pass.
export function judge(seen, known) {
  const row = rowOf(seen, known.sheet);
  const facts = factsOf(seen, row, known);
  const found = new Set([
    ...fromCode(seen),
    ...fromStatus(seen, row, known),
    ...fromTime(facts, known),
    ...fromLists(seen, row, known),
    ...fromPlace(seen, row, known),
    ...fromTruck(seen, facts, known),
    ...fromInstructions(facts),
  ]);
  const reasons = ORDER.filter(([, reason]) => found.has(reason));
  const [colour, reason] = reasons[0] ?? ["green", "ok"];
  return { colour, reason, reasons: reasons.map(([, each]) => each), facts };
}

// The sheet's row of what was seen; of two rows for a plate the one valid last.
export function rowOf(seen, sheet) {
  if (seen.row) return seen.row;
  const rows = (sheet?.rows ?? []).filter((row) => {
    if (seen.pass) return row.number === seen.pass.number;
    if (seen.code) return row.shortCode === seen.code;
    return Boolean(seen.plate) && (row.plate === seen.plate || row.trailer === seen.plate);
  });
  const rank = (row) => (row.replacedBy ? 0 : 1e12) + row.validUntil;
  return rows.sort((a, b) => rank(b) - rank(a))[0] ?? null;
}

function factsOf(seen, row, known) {
  const told = { ...row, ...seen.pass };
  const disinfectedUntil = Math.max(row?.disinfectedUntil ?? 0, known.disinfected?.[told.plate] ?? 0) || null;
  return {
    number: told.number ?? "",
    shortCode: row?.shortCode ?? seen.code ?? "",
    plate: told.plate ?? seen.plate ?? "",
    plateKind: told.plateKind ?? "unknown",
    plateSeen: seen.plateSeen ?? null,
    trailer: told.trailer ?? "",
    lane: told.lane ?? "",
    cargo: told.cargo ?? "",
    validFrom: told.validFrom ?? null,
    validUntil: told.validUntil ?? null,
    crewCount: told.crewCount ?? null,
    crewSeen: seen.crewCount ?? null,
    temperatureNormal: seen.temperatureNormal ?? null,
    replacedBy: replacement(seen, row, known.sheet)?.number ?? row?.replacedBy ?? "",
    lastPost: row?.lastPost ?? "",
    lastTime: row?.lastTime ?? null,
    disinfectedUntil,
    minutesLeft: disinfectedUntil === null ? null : Math.floor((disinfectedUntil - known.now) / MINUTE),
    sheetAge: known.sheet ? known.now - known.sheetTime : null,
    scannedBefore: scannedBefore(told, seen, known)?.time ?? null,
    instructions: instructionsFor(told.plate ?? seen.plate ?? "", told.cargo, known),
    isListed: row !== null,
  };
}

function* fromCode(seen) {
  if (seen.problem) yield seen.problem;
}

function* fromStatus(seen, row, known) {
  const status = row?.status;
  const isReplaced = status === "replaced" || (status !== "renewed" && replacement(seen, row, known.sheet));
  if (isReplaced) yield "replaced";
  else if (status === "renewed") yield "renewed";
  else if (status === "revoked" || known.status === "invalid") yield "revoked";
  const isSuspended = status === "suspended" || known.status === "suspended";
  if (isSuspended) yield age(seen, known) <= SHEET_HOLDS ? "suspended" : "suspended_then";
}

function* fromTime(facts, known) {
  if (!known.isClockSure) {
    yield "clock_wrong";
    return;
  }
  if (facts.validUntil !== null && known.now >= facts.validUntil) yield "expired";
  if (facts.validFrom !== null && known.now < facts.validFrom) yield "not_yet_valid";
}

function* fromLists(seen, row, known) {
  const needed = seen.pass ? known.sheet && known.listsTime : known.sheet;
  if (!needed) yield "no_lists";
  else if (known.isClockSure && age(seen, known) > LISTS_HOLD) yield "lists_old";
  const isOnlyListed = !seen.pass && row !== null;
  if (isOnlyListed && known.isClockSure && known.now - known.sheetTime > SHEET_HOLDS) yield "sheet_faded";
}

function* fromPlace(seen, row, known) {
  if (seen.problem) return;
  if (seen.pass && row === null && known.lanes?.length && !known.lanes.includes(seen.pass.lane)) yield "off_lane";
  if (row === null && known.sheet) yield "not_listed";
}

function* fromTruck(seen, facts, known) {
  if (facts.plateSeen && ![facts.plate, facts.trailer].includes(facts.plateSeen)) yield "plate_mismatch";
  if (facts.crewSeen !== null && facts.crewCount !== null && facts.crewSeen !== facts.crewCount) yield "crew_mismatch";
  if (facts.temperatureNormal === false) yield "temperature";
  if (facts.scannedBefore !== null) yield "scanned_twice";
  if (!facts.isListed && facts.disinfectedUntil === null) return;
  if (facts.disinfectedUntil === null) yield "disinfection_missing";
  else if (known.isClockSure && facts.disinfectedUntil <= known.now) yield "disinfection_lapsed";
}

function* fromInstructions(facts) {
  for (const { effect } of facts.instructions) {
    if (effect === "turn_back" || effect === "check") yield `instruction_${effect}`;
  }
}

function replacement(seen, row, sheet) {
  const number = seen.pass?.number ?? row?.number;
  return number ? sheet?.rows.find((each) => each.replaces === number) : undefined;
}

// How old is the oldest list that this verdict rests on?
function age(seen, known) {
  const times = seen.pass ? [known.listsTime, known.sheetTime] : [known.sheetTime];
  return known.now - Math.min(...times.filter((time) => typeof time === "number"));
}

function scannedBefore(told, seen, known) {
  const plate = told.plate ?? seen.plate;
  return (known.recent ?? []).find(
    (scan) =>
      scan.checkpoint === known.checkpoint &&
      scan.direction === known.direction &&
      Math.abs(known.now - scan.time) < TWICE_WITHIN &&
      ((told.number && scan.number === told.number) || (plate && scan.plate === plate)),
  );
}

function instructionsFor(plate, cargo, known) {
  return (known.sheet?.instructions ?? []).filter(
    ({ provinces = [], cargo: goods = [], until }) =>
      (!until || until > known.now) &&
      (!provinces.length || provinces.includes(plate[0])) &&
      (!goods.length || goods.some((each) => (cargo ?? "").includes(each))),
  );
}
