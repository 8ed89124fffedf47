// What codes are called, as the registers say; one that they do not know is shown itself.
import { ask } from "/modules/client.js";

const FRESH_MS = 60_000;
const firms = new Map();
const places = new Map();

export const firmName = (code) => firms.get(code) || code;
export const placeName = (code) => places.get(code) || code;

export const learnFirms = (entries) => entries.forEach(({ code, name }) => firms.set(code, name));

export const readFirms = nowAndThen(async () => learnFirms((await ask("/v1/enterprises?limit=1000")).enterprises));

export const readPlaces = nowAndThen(async () => {
  for (const { code, name } of (await ask("/v1/register?limit=1000")).entries) places.set(code, name);
  for (const { checkpoint, name } of (await ask("/v1/checkpoint-board?limit=1000")).checkpoints) places.set(checkpoint, name);
});

// Names change rarely: once a minute is enough for a page that asks every few seconds.
function nowAndThen(read) {
  let readMs = -FRESH_MS;
  return async () => {
    if (performance.now() - readMs < FRESH_MS) return;
    await read();
    readMs = performance.now();
  };
}
