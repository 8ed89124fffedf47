// What the page knows; whoever changes it calls `changed`, which draws once per frame.
export const LOOKS = ["alarm", "silent", "waiting", "stopped", "moving"];
const MOVED = [
  "shipment_id", "lon", "lat", "heading", "speed_kmh", "time", "progress_m", "look",
  "is_off_route", "still_since", "eta_p50", "eta_p90",
];

export const store = {
  connection: "loading",
  now: null,
  version: 0,
  at: null,
  isLive: true,
  trucks: new Map(),
  lanes: [],
  places: [],
  waits: new Map(),
  measured: {},
  stops: new Map(),
  unknownThen: new Set(),
  selected: null,
  isFollowed: false,
  looks: new Set(),
  search: "",
};

const listeners = [];
let isDue = false;

export const onChange = (listener) => listeners.push(listener);

export function changed() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    for (const listener of listeners) listener(store);
  });
}

export function takeAll(told) {
  Object.assign(store, { now: told.now, at: told.at, lanes: told.lanes, measured: told.waits });
  store.trucks = new Map(told.trucks.map((truck) => [truck.shipment_id, truck]));
  store.version += 1;
  changed();
}

export function takeDifference(told) {
  store.now = store.at = told.now;
  store.measured = told.waits;
  if (told.lanes) store.lanes = told.lanes;
  for (const truck of told.trucks) store.trucks.set(truck.shipment_id, truck);
  for (const row of told.moved) {
    const truck = store.trucks.get(row[0]);
    if (truck) MOVED.forEach((name, i) => (truck[name] = row[i]));
  }
  for (const id of told.gone) store.trucks.delete(id);
  store.version += told.trucks.length + told.moved.length + told.gone.length;
  changed();
}

const matches = (truck) =>
  !store.search ||
  [truck.plate, truck.document_no, truck.organisation].some((text) =>
    text.toUpperCase().includes(store.search.toUpperCase()),
  );

const isShown = (truck) => !store.looks.size || store.looks.has(truck.look);

// Exceptions first, then the longest silent; `counts` are before the filter by look.
export function filtered() {
  const found = [...store.trucks.values()].filter(matches);
  const counts = Object.fromEntries(LOOKS.map((look) => [look, 0]));
  for (const truck of found) counts[truck.look] += 1;
  const rank = (truck) => LOOKS.indexOf(truck.look);
  const shown = found
    .filter(isShown)
    .sort((a, b) => rank(a) - rank(b) || (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return { shown, counts };
}

export const minutesSince = (time) =>
  time && store.at ? Math.max(0, (new Date(store.at) - new Date(time)) / 60000) : null;

// Minutes at a post: as positions measured them, else as people reported them.
export const waitAt = (code) =>
  store.measured[code] !== undefined ? Math.round(store.measured[code]) : store.waits.get(code) ?? null;
