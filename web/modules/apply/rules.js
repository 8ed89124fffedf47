// What a clerk at the window would check, before anything is sent; the node checks again.
// Times are Shanghai's as people type them: 2020-02-16T08:00, compared as texts.
import * as plates from "/modules/plates.js";

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const LIGHT_KG = 4500;
const ANY_LIGHT = ["A1", "A2", "A3", "B1", "B2", "C1", "C2"];
const HEAVY = ["A1", "A2", "B2"];
const DAY_MS = 86_400_000;

export const normalPlate = (plate) => plates.plain(plate ?? "");
export const isPlate = (plate) => plates.isPlate(normalPlate(plate));
export const isHeavy = (mass) => Number(mass || 0) > LIGHT_KG;

// GB 11643: a date of birth, and the check character (MOD 11-2).
export function isIdNumber(number) {
  const plain = number.normalize("NFKC").replace(/\s+/g, "").toUpperCase();
  if (!/^[1-9]\d{16}[\dX]$/.test(plain)) return false;
  const born = `${plain.slice(6, 10)}-${plain.slice(10, 12)}-${plain.slice(12, 14)}`;
  const date = new Date(`${born}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== born) return false;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(plain[i]), 0);
  return plain[17] === "10X98765432"[sum % 11];
}

export function classesNeeded({ gross_mass_kg: mass, trailer, vehicle_type: type = "" }) {
  const isLight = !isHeavy(mass);
  if (trailer || /牵引|tractor/i.test(type)) return isLight && Number(mass) ? ["A2", "C6"] : ["A2"];
  return isLight ? ANY_LIGHT : HEAVY;
}

// One line per thing to be changed: {field, code, values}. Where `is_sealed` the people
// were judged before they were sealed, and only their number is known.
export function check(fields, { issuer, now, lanes = [] }) {
  return [
    ...missing(fields, lanes),
    ...vehicle(fields),
    ...people(fields),
    ...times(fields, issuer, now),
  ];
}

const NEEDED = [
  "plate", "vehicle_type", "gross_mass_kg", "rated_load_kg", "load_kg", "seats",
  "inspection_valid_until", "owner", "goods", "valid_from", "valid_until",
];
const OF_DRIVER = ["driver.name", "driver.phone", "driver.id_number", "driver.licence_class"];

function missing(fields, lanes) {
  const wanted = NEEDED.filter((name) => name !== "owner" || !fields.is_owner_sealed);
  if (!fields.is_sealed) wanted.push(...OF_DRIVER);
  if (lanes.length) wanted.push("lane");
  const found = wanted.filter((name) => !String(fields[name] ?? "").trim()).map((field) => ({ field, code: "missing" }));
  if (!fields.declaration) found.push({ field: "declaration", code: "declaration" });
  return found;
}

function vehicle(fields) {
  const found = [];
  const [mass, rated, load] = ["gross_mass_kg", "rated_load_kg", "load_kg"].map((name) => Number(fields[name] || 0));
  for (const name of ["plate", "trailer"]) {
    if (fields[name] && !isPlate(fields[name])) found.push({ field: name, code: "plate" });
  }
  for (const name of ["gross_mass_kg", "rated_load_kg", "load_kg", "seats"]) {
    if (fields[name] && !(Number(fields[name]) > 0)) found.push({ field: name, code: "positive" });
  }
  if (rated && mass && rated >= mass) found.push({ field: "rated_load_kg", code: "rated_above_gross" });
  if (rated && load > rated) found.push({ field: "load_kg", code: "overloaded", values: { rated } });
  if (isHeavy(mass) && !fields.road_transport_permit) found.push({ field: "road_transport_permit", code: "permit" });
  const until = (fields.valid_until ?? "").slice(0, 10);
  const inspected = fields.inspection_valid_until;
  if (inspected && until && inspected < lastDay(fields.valid_until)) {
    found.push({ field: "inspection_valid_until", code: "inspection", values: { until } });
  }
  return found;
}

function people(fields) {
  const crew = fields.crew ?? [];
  const found = [];
  const count = crewCount(fields);
  const seats = Number(fields.seats || 0);
  if (seats && count > seats) found.push({ field: "seats", code: "seats", values: { count, seats } });
  if (fields.is_sealed) return found;
  const persons = [["driver", { id_number: fields["driver.id_number"], phone: fields["driver.phone"] }]];
  crew.forEach((person, i) => persons.push([`crew.${i}`, person]));
  for (const [where, person] of persons) {
    if (person.id_number && !isIdNumber(person.id_number)) found.push({ field: `${where}.id_number`, code: "id_number" });
    if (person.phone && !/^[0-9+() -]{5,30}$/.test(person.phone)) found.push({ field: `${where}.phone`, code: "phone" });
  }
  crew.forEach((person, i) => {
    if (!person.name?.trim()) found.push({ field: `crew.${i}.name`, code: "missing" });
    if (!person.id_number?.trim()) found.push({ field: `crew.${i}.id_number`, code: "missing" });
  });
  return [...found, ...licence(fields)];
}

function licence(fields) {
  const told = (fields["driver.licence_class"] ?? "").toUpperCase();
  if (!told) return [];
  const needed = classesNeeded(fields);
  const isShaped = /^(?:A[123]|B[12]|C[1-6]|[DEFMNP])+$/.test(told);
  if (isShaped && (told.match(/[A-Z][1-6]?/g) ?? []).some((one) => needed.includes(one))) return [];
  return [{ field: "driver.licence_class", code: "licence", values: { needed: needed.join(" / ") } }];
}

function times(fields, issuer, now) {
  const { valid_from: from, valid_until: until, return_from: back, return_until: home } = fields;
  if (!from || !until) return [];
  const days = issuer?.validity_days ?? 366;
  const length = moment(until) - moment(from);
  const found = [];
  if (length <= 0) found.push({ field: "valid_until", code: "window_order" });
  else if (length > days * DAY_MS) found.push({ field: "valid_until", code: "window", values: { days } });
  if (now && moment(until) <= now) found.push({ field: "valid_until", code: "window_over" });
  if (!fields.has_return || !(back || home)) return found;
  const [start, end] = [back || from, home || until];
  if (!(from <= start && start < end && end <= until)) found.push({ field: "return_until", code: "return_window" });
  return found;
}

export const crewCount = (fields) => (fields.is_sealed ? Number(fields.crew_count) : 1 + (fields.crew ?? []).length);

// Typed in Shanghai, whatever the browser's zone.
export const moment = (typed) => new Date(`${typed}${typed.length > 16 ? "" : ":00"}+08:00`);
export const typed = (time) => new Date(new Date(time).getTime() + 8 * 3_600_000).toISOString().slice(0, 16);

// The last day on which the pass is still valid: midnight belongs to the day before.
function lastDay(until) {
  return typed(moment(until).getTime() - 60_000).slice(0, 10);
}
