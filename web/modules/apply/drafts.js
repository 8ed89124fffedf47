// Applications not yet submitted, on this device alone: nothing typed is lost.
import { openDB } from "/dist/idb/index.js";

const KEEP_DAYS = 7;
const opening = openDB("greenchannel-apply", 1, {
  upgrade(db) {
    db.createObjectStore("drafts", { keyPath: "pass_id" });
  },
});

export const save = async (draft) => (await opening).put("drafts", { ...draft, saved: Date.now() });

// Not one that was handed in or given up meanwhile.
export async function update(draft) {
  const change = (await opening).transaction("drafts", "readwrite");
  if (await change.store.getKey(draft.pass_id)) change.store.put({ ...draft, saved: Date.now() });
  await change.done;
}

export const load = async (passId) => (await opening).get("drafts", passId);
export const remove = async (passId) => (await opening).delete("drafts", passId);

// Personal data does not stay on a device for long.
export async function all() {
  const db = await opening;
  const found = await db.getAll("drafts");
  const old = found.filter((draft) => draft.saved < Date.now() - KEEP_DAYS * 86_400_000);
  for (const draft of old) await db.delete("drafts", draft.pass_id);
  return found.filter((draft) => !old.includes(draft)).sort((a, b) => b.saved - a.saved);
}

// Goes through who writes on this device: `last` wrote what does not say who did.
export async function keepOf(whose, last) {
  const change = (await opening).transaction("drafts", "readwrite");
  for (const draft of await change.store.getAll()) {
    if ((draft.whose ?? last) !== whose) change.store.delete(draft.pass_id);
  }
  await change.done;
}

export const random = (bytes) =>
  [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
