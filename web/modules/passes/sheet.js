// A lane sheet: what this checkpoint's phones know of the passes that may come.
import { CLAIM, integer, list, text, versionOf } from "./claims.js";
import { KIND, openFrame, unpack } from "./envelope.js";
import { LISTS } from "./lists.js";
import { refuse } from "./refused.js";

const LARGEST = 8 << 20;
const PLATE_KINDS = ["unknown", "blue", "yellow", "green", "white", "black"];
const STATUSES = ["valid", "suspended", "revoked", "replaced", "renewed"];
const EFFECTS = ["inform", "check", "turn_back"];
const word = (value) => text(value, 200);
const words = (value) => list(value, word);
const time = (value) => integer(value);
const seconds = (value) => integer(value) || null;

// Throws Refused; `lastVersion` is that of the sheet the phone holds.
export async function openSheet(packed, trust, lastVersion = 0) {
  const frame = await unpack(packed, LARGEST);
  const [claims, key] = await openFrame(frame, KIND.laneSheet, (kid) => trust.keys.get(kid));
  if (key.issuer !== LISTS) refuse("issuer");
  const [checkpoint, phone, rows, diversions, instructions] = list(claims.get(CLAIM.body), (value) => value);
  return {
    checkpoint: word(checkpoint),
    version: versionOf(claims, lastVersion),
    issuedAt: time(claims.get(CLAIM.iat)),
    phone: word(phone),
    rows: list(rows, rowOf),
    diversions: list(diversions, diversionOf),
    instructions: list(instructions, instructionOf),
  };
}

function rowOf(row) {
  const next = list(row, (value) => value).values();
  const take = (check) => check(next.next().value);
  return {
    number: take(word),
    shortCode: take(word),
    plate: take(word),
    plateKind: PLATE_KINDS[take(integer)] ?? refuse("claims"),
    trailer: take(word),
    validFrom: take(time),
    validUntil: take(time),
    status: STATUSES[take(integer)] ?? refuse("claims"),
    disinfectedUntil: take(seconds),
    crewCount: take(integer),
    replaces: take(word),
    replacedBy: take(word),
    lastPost: take(word),
    lastTime: take(seconds),
    windowFrom: take(seconds),
    windowUntil: take(seconds),
    lane: take(word),
    cargo: take((value = "") => word(value)),
  };
}

function diversionOf(found) {
  const [lane, status, reason, via, until] = list(found, (value) => value);
  return { lane: word(lane), status: word(status), reason: text(reason, 1000), via: words(via), until: seconds(until) };
}

function instructionOf(found) {
  const [told, provinces, cargo, until, effect = 0] = list(found, (value) => value);
  return {
    text: text(told, 1000),
    provinces: words(provinces),
    cargo: words(cargo),
    until: seconds(until),
    effect: EFFECTS[integer(effect)] ?? refuse("claims", "an effect that is not known"),
  };
}
