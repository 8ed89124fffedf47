// The stream of changes; what is shown is never silently old.
import { ask, stateOf } from "/modules/client.js";
import { changed, store, takeAll, takeDifference } from "/modules/map/store.js";

const SILENCE_MS = 5000;
const AGAIN_MS = 2000;
let source = null;
let lastHeard = 0;

export function listen() {
  close();
  lastHeard = performance.now();
  source = new EventSource("/v1/live-map/stream");
  source.addEventListener("snap", (event) => hear(event, takeAll));
  source.addEventListener("diff", (event) => hear(event, takeDifference));
  source.addEventListener("again", listen);
  source.onerror = () => lost();
}

export function close() {
  source?.close();
  source = null;
}

function hear(event, take) {
  lastHeard = performance.now();
  store.connection = "live";
  take(JSON.parse(event.data));
}

async function lost() {
  if (!source) return;
  close();
  store.connection = "offline";
  store.connection = await ask("/v1/session").then(() => "offline", stateOf);
  changed();
  if (["offline", "failed"].includes(store.connection)) setTimeout(() => store.isLive && listen(), AGAIN_MS);
}

setInterval(() => {
  if (source && performance.now() - lastHeard > SILENCE_MS) lost();
}, 1000);
