// Going back: a moment of the day, what was known then, and playing it forward.
import { ask, repeat, stateOf } from "/modules/client.js";
import { by } from "/modules/dom.js";
import { clock } from "/modules/format.js";
import { close, listen } from "/modules/map/stream.js";
import { changed, store, takeAll } from "/modules/map/store.js";
import { text } from "/modules/texts.js";

const TICK_MS = 500;
const OFFSET = "+08:00";
let timer = null;
let asked = 0;

const day = (time) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(time));
const minuteOf = (time) => Math.floor(((new Date(time).getTime() + 8 * 3600e3) % 86400e3) / 60e3);
const momentAt = (minute) => {
  const two = (value) => String(value).padStart(2, "0");
  return `${by("day").value}T${two(Math.floor(minute / 60))}:${two(Math.floor(minute % 60))}:00${OFFSET}`;
};

export function startTime(at) {
  by("slider").addEventListener("input", () => show(momentAt(+by("slider").value)));
  by("day").addEventListener("change", () => by("day").value && show(momentAt(+by("slider").value)));
  by("then").addEventListener("change", () => !store.isLive && show(store.at));
  by("live").addEventListener("click", goLive);
  by("play").addEventListener("click", () => (timer ? pause() : play()));
  if (at) show(at);
  else goLive();
}

export function drawTime() {
  by("live").setAttribute("aria-pressed", store.isLive);
  by("play").textContent = timer ? "⏸" : "▶";
  by("clock").textContent = store.at ? clock(store.at) : "";
  if (!store.at || by("slider").matches(":active")) return;
  by("day").value ||= day(store.at);
  if (by("day").value !== day(store.at) && !by("day").matches(":focus")) by("day").value = day(store.at);
  by("slider").value = minuteOf(store.at);
}

function goLive() {
  pause();
  store.isLive = true;
  store.unknownThen.clear();
  listen();
  changed();
}

function pause() {
  clearInterval(timer);
  timer = null;
  changed();
}

function play() {
  if (store.isLive) show(new Date(new Date(store.at) - 3600e3).toISOString());
  timer = repeat(() => {
    const next = new Date(store.at).getTime() + +by("speed").value * TICK_MS;
    if (store.now && next >= new Date(store.now).getTime()) return goLive();
    return show(new Date(next).toISOString());
  }, TICK_MS);
  changed();
}

// What had happened by then; with `then` only what was known, else late news is marked.
export async function show(at) {
  if (store.isLive) close();
  store.isLive = false;
  store.at = at;
  const turn = ++asked;
  changed();
  const read = (query) => ask(`/v1/live-map?${new URLSearchParams(query)}`);
  try {
    const [full, then] = await Promise.all([read({ at }), read({ at, known_at: at })]);
    if (turn !== asked || store.isLive) return;
    const known = new Map(then.trucks.map((t) => [t.shipment_id, t]));
    const isNews = (t) => known.get(t.shipment_id)?.last_place !== t.last_place ||
      known.get(t.shipment_id)?.last_time !== t.last_time;
    store.unknownThen = new Set(by("then").checked ? [] : full.trucks.filter(isNews).map((t) => t.shipment_id));
    store.connection = "past";
    takeAll(by("then").checked ? then : full);
  } catch (error) {
    if (turn === asked) store.connection = stateOf(error);
    changed();
  }
}

export const pastLabel = () => text(by("then").checked ? "map.known_then" : "map.happened_then", { time: clock(store.at) });
