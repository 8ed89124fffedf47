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

// A fact takes the device's next number in the transaction that stores it, and a scan ends
// the open turn in the same: no gap, no double, whenever the phone goes off.
export async function add(fact) {
  const db = await opening;
  const change = db.transaction(["facts", "kept"], "readwrite");
  const order = ((await change.objectStore("kept").get("order")) ?? 0) + 1;
  const numbered = { ...fact, order };
  if (fact.kind === "scan") {
    const sequence = ((await change.objectStore("kept").get("sequence")) ?? 0) + 1;
    numbered.body = { ...fact.body, sequence };
    change.objectStore("kept").put(sequence, "sequence");
    change.objectStore("kept").delete("open");
  }
  change.objectStore("kept").put(order, "order");
  change.objectStore("facts").put(numbered);
  await change.done;
  return numbered;
}

// Another decision in the place of the first, while it is still here.
export async function replace(fact) {
  const change = (await opening).transaction(["facts", "kept"], "readwrite");
  change.objectStore("facts").put(fact);
  change.objectStore("kept").delete("open");
  await change.done;
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
