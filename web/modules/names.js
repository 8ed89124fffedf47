// What codes are called, as the registers say; one that they do not know is shown itself.
import { ask } from "/modules/client.js";

const FRESH_MS = 60_000;
const firms = new Map();
const places = new Map();
let readMs = -FRESH_MS;

export const firmName = (code) => firms.get(code) || code;
export const placeName = (code) => places.get(code) || code;

const learn = (names, entries) => entries.forEach(({ code, name }) => names.set(code, name));
export const learnFirms = (entries) => learn(firms, entries);
export const learnPosts = (board) => board.checkpoints.forEach(({ checkpoint, name }) => places.set(checkpoint, name));

// Names change rarely: once a minute is enough for a page that asks every few seconds.
export async function readNames() {
  if (performance.now() - readMs < FRESH_MS) return;
  learnFirms((await ask("/v1/enterprises?limit=1000")).enterprises);
  learn(places, (await ask("/v1/register?limit=1000")).entries);
  learnPosts(await ask("/v1/checkpoint-board?limit=1000"));
  readMs = performance.now();
}
