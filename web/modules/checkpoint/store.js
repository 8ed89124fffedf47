// What the phone keeps: facts not yet sent, what it scanned, its lists, who it is.
import { openDB } from "/dist/idb/index.js";

const KEPT_SCANS = 500;
const opening = openDB("greenchannel-checkpoint", 1, {
  upgrade(db) {
    db.createObjectStore("facts", { keyPath: "fact_id" }).createIndex("order", "order");
    db.createObjectStore("scans", { keyPath: "fact_id" });
    db.createObjectStore("kept");
  },
});

export const get = async (name) => (await opening).get("kept", name);

// Whether there was room: what is kept by name can be asked for again, facts cannot.
export async function put(name, value) {
  try {
    await (await opening).put("kept", value, name);
    return true;
  } catch {
    return false;
  }
}

// For five seconds a decision can be undone; a clock set back must not keep it for ever.
export const UNDO_MS = 5000;
const isPending = (fact, nowMs) => fact.readyMs > nowMs && fact.readyMs <= nowMs + UNDO_MS;

// What may be told: a fact that an officer opened again stays until it is decided anew.
export async function ready() {
  const nowMs = Date.now();
  return (await all()).filter((fact) => !fact.problem && !fact.is_open && !isPending(fact, nowMs));
}

// A fact takes the device's next number in the transaction that stores it, and a scan ends
// its open turn in the same: no gap, no double, whenever the phone goes off.
export async function add(fact) {
  const db = await opening;
  const change = db.transaction(["facts", "kept"], "readwrite");
  const order = ((await change.objectStore("kept").get("order")) ?? 0) + 1;
  const numbered = { ...fact, order };
  if (fact.kind === "scan") {
    const sequence = (await lastOf(fact.body.device, change)) + 1;
    numbered.body = { ...fact.body, sequence };
    change.objectStore("kept").put(sequence, `sequence-${fact.body.device}`);
    await end(fact, change);
  }
  change.objectStore("kept").put(order, "order");
  change.objectStore("facts").put(numbered);
  await change.done;
  return numbered;
}

// A phone that is enrolled anew counts anew: its first scan is no gap. Earlier versions
// counted for whichever device the phone was.
async function lastOf(device, change) {
  const kept = change.objectStore("kept");
  const last = await kept.get(`sequence-${device}`);
  if (last !== undefined) return last;
  const whole = await kept.get("sequence");
  if (whole !== undefined) kept.delete("sequence");
  return (await kept.get("device"))?.id === device ? (whole ?? 0) : 0;
}

// Another decision in the place of the first, while it is still here.
export async function replace(fact) {
  const change = (await opening).transaction(["facts", "kept"], "readwrite");
  change.objectStore("facts").put(fact);
  await end(fact, change);
  await change.done;
}

async function end({ fact_id }, change) {
  const others = turnsOf(await change.objectStore("kept").get("open")).filter((turn) => turn.fact_id !== fact_id);
  if (others.length) change.objectStore("kept").put(others, "open");
  else change.objectStore("kept").delete("open");
}

// Told before it could be stored: nothing of it may be told again.
export async function forget(fact) {
  const change = (await opening).transaction(["facts", "kept"], "readwrite");
  change.objectStore("facts").delete(fact.fact_id);
  await end(fact, change);
  await change.done;
}

// Earlier versions kept one turn.
const turnsOf = (kept) => [kept ?? []].flat();

// Back to the officer, with the turn that is open again: both are kept, or neither. False
// where it is too late, for the fact may be with the node by now.
export async function reopen(turn) {
  const change = (await opening).transaction(["facts", "kept"], "readwrite");
  const fact = await change.objectStore("facts").get(turn.fact_id);
  if (!fact || !isPending(fact, Date.now())) return false;
  const turns = turnsOf(await change.objectStore("kept").get("open"));
  change.objectStore("facts").put({ ...fact, is_open: true });
  change.objectStore("kept").put([...turns, turn], "open");
  await change.done;
  return true;
}

// The turns that a page left open when it was closed; they are shown again, however long
// that was ago, for whoever looked had not decided. A fact whose turn is not among them
// would wait for ever: it stands as it was decided.
export async function leftOpen() {
  const change = (await opening).transaction(["facts", "kept"], "readwrite");
  const turns = turnsOf(await change.objectStore("kept").get("open"));
  const shown = new Set(turns.map((turn) => turn.fact_id));
  for (const fact of await change.objectStore("facts").getAll()) {
    if (fact.is_open && !shown.has(fact.fact_id)) change.objectStore("facts").put({ ...fact, is_open: false });
  }
  await change.done;
  return turns;
}

export async function all() {
  return (await opening).getAllFromIndex("facts", "order");
}

export async function unsent() {
  return (await opening).count("facts");
}

export async function remove(ids) {
  const change = (await opening).transaction("facts", "readwrite");
  for (const id of ids) change.store.delete(id);
  await change.done;
}

export async function refuse(refused) {
  const change = (await opening).transaction("facts", "readwrite");
  for (const [id, problem] of refused) {
    const fact = await change.store.get(id);
    if (fact) change.store.put({ ...fact, problem });
  }
  await change.done;
}

// Scans of this phone stay after they were sent: for doubles, and for what is held.
export async function remember(scan) {
  const change = (await opening).transaction("scans", "readwrite");
  change.store.put(scan);
  const keys = await change.store.getAllKeys();
  for (const key of keys.slice(0, Math.max(0, keys.length - KEPT_SCANS))) change.store.delete(key);
  await change.done;
}

export async function scans() {
  return (await opening).getAll("scans");
}
