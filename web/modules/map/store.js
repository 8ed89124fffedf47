// What the page knows; whoever changes it calls `changed`, which draws once per frame.
export const LOOKS = ["alarm", "silent", "waiting", "stopped", "delivering", "moving"];
export const store = {
  connection: "loading",
  now: null,
  version: 0,
  at: null,
  isLive: true,
  trucks: new Map(),
  lanes: [],
  places: [],
  firms: new Map(),
  waits: new Map(),
  waitTimes: new Map(),
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
  const moved = move(told.moved, new Date(told.now).getTime());
  for (const id of told.gone) store.trucks.delete(id);
  store.version += told.trucks.length + moved + told.gone.length;
  changed();
}

// Columns of trucks that moved, one value where all have the same; times are seconds
// after `now`. Field by field: a loop over names would take three times as long.
function move(columns, now) {
  const ids = columns.shipment_id ?? [];
  const at = (name) => {
    const column = columns[name];
    return Array.isArray(column) ? (i) => column[i] : () => column;
  };
  const timeAt = (name) => {
    const seconds = at(name);
    return (i) => (seconds(i) === null ? null : now + 1000 * seconds(i));
  };
  const [lon, lat, heading, speed, progress] = ["lon", "lat", "heading", "speed_kmh", "progress_m"].map(at);
  const [look, isOff] = ["look", "is_off_route"].map(at);
  const [time, still, p50, p90] = ["time", "still_since", "eta_p50", "eta_p90"].map(timeAt);
  ids.forEach((id, i) => {
    const truck = store.trucks.get(id);
    if (!truck) return;
    truck.lon = lon(i);
    truck.lat = lat(i);
    truck.heading = heading(i);
    truck.speed_kmh = speed(i);
    truck.progress_m = progress(i);
    truck.look = look(i);
    truck.is_off_route = isOff(i);
    truck.time = time(i);
    truck.still_since = still(i);
    truck.eta_p50 = p50(i);
    truck.eta_p90 = p90(i);
  });
  return ids.length;
}

export const firmOf = (truck) => store.firms.get(truck.organisation) || truck.organisation;

const matches = (truck) =>
  !store.search ||
  [truck.plate, truck.document_no, truck.organisation, firmOf(truck)].some((text) =>
    text.toUpperCase().includes(store.search.toUpperCase()),
  );

const isShown = (truck) => !store.looks.size || store.looks.has(truck.look);

export const visible = () => [...store.trucks.values()].filter((t) => isShown(t) && matches(t));

// Exceptions first, then by minutes of silence, then by plate: the list stays still
// while trucks drive. `counts` are before the filter by look.
export function filtered() {
  const counts = Object.fromEntries(LOOKS.map((look) => [look, 0]));
  const found = [];
  const at = new Date(store.at).getTime();
  const silent = (time) => Math.floor(Math.max(0, at - new Date(time)) / 60_000);
  for (const truck of store.trucks.values()) {
    if (!matches(truck)) continue;
    counts[truck.look] += 1;
    if (!isShown(truck)) continue;
    found.push([LOOKS.indexOf(truck.look), truck.time ? -silent(truck.time) : 0, truck]);
  }
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2].plate < b[2].plate ? -1 : 1));
  return { shown: found.map(([, , truck]) => truck), counts };
}

export const minutesSince = (time) =>
  time && store.at ? Math.max(0, (new Date(store.at) - new Date(time)) / 60000) : null;

const isMeasured = (code) => store.measured[code] !== undefined;

// When people reported the minutes that are shown; positions measure them all the time.
export const waitToldAt = (code) => (isMeasured(code) ? null : store.waitTimes.get(code));

const OLD_WAIT_MINUTES = 60;

// Said so long ago that it is drawn fainter: nobody may drive by it.
export const isWaitOld = (code) => minutesSince(waitToldAt(code)) > OLD_WAIT_MINUTES;

// Minutes at a post: as positions measured them, else as people reported them.
export const waitAt = (code) =>
  isMeasured(code) ? Math.round(store.measured[code]) : store.waits.get(code) ?? null;
