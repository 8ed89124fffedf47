// The live map: list, map, strips and time, all drawn from one store.
/* global L */
import { repeat } from "/modules/client.js";
import { by, write } from "/modules/dom.js";
import { clock } from "/modules/format.js";
import { Ground } from "/modules/map/ground.js";
import { TruckLayer } from "/modules/map/layer.js";
import { drawLegend } from "/modules/map/legend.js";
import { drawDetails, drawList } from "/modules/map/list.js";
import { changed, LOOKS, onChange, store, visible } from "/modules/map/store.js";
import { drawStrips } from "/modules/map/strip.js";
import { drawLinks, signedIn } from "/modules/nav.js";
import { drawTime, pastLabel, startTime } from "/modules/map/time.js";
import { loadTexts, switchLanguage, text } from "/modules/texts.js";

const EVERY_MS = 5000;
const LIST_MS = 500;
const MANY = 2000;
const MANY_MS = 3000;
const map = window.greenchannelMap;
const ground = new Ground(map);
const layer = new TruckLayer().addTo(map);
L.control.scale({ imperial: false }).addTo(map);
let isMoved = false;

// The map at once; the list, which is slower, in a task of its own unless one waits.
function draw() {
  drawState();
  ground.draw(store);
  const key = [store.version, store.selected, store.search, ...store.looks, ground.turns].join("|");
  if (key !== draw.shown) layer.show(visible(), store.selected);
  draw.shown = key;
  drawTime();
  follow();
  fit();
  remember();
  if (draw.isUrgent) list();
  else if (!draw.later) draw.later = setTimeout(list, Math.max(0, draw.due - performance.now()));
}
draw.due = 0;

function list() {
  clearTimeout(draw.later);
  draw.later = draw.isUrgent = null;
  draw.due = performance.now() + (store.trucks.size > MANY ? MANY_MS : LIST_MS);
  const shown = drawList();
  drawStrips(shown);
  drawDetails();
}

function drawState() {
  const isNotice = ["offline", "failed", "signed_out", "wrong_role"].includes(store.connection);
  const state = store.isLive || isNotice ? store.connection : "past";
  const title = text(store.isLive ? "map.title" : "map.title_past");
  document.title = document.querySelector("h1").textContent = title;
  const label = by("state");
  write(label, state === "past" ? pastLabel() : presentLabel(state));
  label.className = state;
  by("notice").hidden = !isNotice;
  if (isNotice) write(by("notice"), text(`map.notice.${state}`));
  document.body.classList.toggle("stale", ["offline", "failed"].includes(state));
}

// One date at the top, whatever is shown: two would have to be told apart.
function presentLabel(state) {
  const time = store.now && clock(store.now);
  return [text(`state.${state}`), state === "live" ? time : time && text("as_of", { time })].filter(Boolean).join(" · ");
}

function follow() {
  const truck = store.trucks.get(store.selected);
  by("following").hidden = !(store.isFollowed && truck);
  if (!store.isFollowed || truck?.lon == null) return;
  by("following").textContent = text("map.following", { plate: truck.plate });
  map.panTo([truck.lat, truck.lon], { animate: true, duration: 1 });
}

function fit() {
  const points = store.lanes.filter((l) => l.posts.length).flatMap((l) => l.points);
  const found = points.length ? points : store.lanes.flatMap((l) => l.points);
  if (isMoved || !found.length || fit.size === String(map.getSize()) + found.length) return;
  fit.size = String(map.getSize()) + found.length;
  whole();
}

function whole() {
  const used = store.lanes.filter((l) => l.posts.length);
  const points = (used.length ? used : store.lanes).flatMap((l) => l.points);
  const trucks = [...store.trucks.values()].filter((t) => t.lon !== null).map((t) => [t.lon, t.lat]);
  const all = [...points, ...trucks].map(([lon, lat]) => [lat, lon]);
  if (all.length) map.fitBounds(all, { padding: [36, 36], maxZoom: 14, animate: false });
}

function select(id) {
  store.selected = store.selected === id ? null : id;
  store.isFollowed = false;
  draw.isUrgent = true;
  const truck = store.trucks.get(store.selected);
  if (truck?.lon != null && !map.getBounds().contains([truck.lat, truck.lon])) map.panTo([truck.lat, truck.lon]);
  changed();
}

// Filters, choice and moment stand in the address, so that it can be sent to somebody.
function remember() {
  const query = new URLSearchParams();
  if (store.looks.size) query.set("look", [...store.looks].join("."));
  if (store.search) query.set("q", store.search);
  if (store.selected) query.set("truck", store.selected);
  if (!store.isLive && store.at) query.set("at", store.at);
  const address = query.size ? `?${query}` : location.pathname;
  if (address !== remember.last) history.replaceState(null, "", (remember.last = address));
}

// What the address says and nobody can read is left out: an unreadable moment is now.
function recall() {
  const query = new URLSearchParams(location.search);
  store.looks = new Set((query.get("look") ?? "").split(".").filter((l) => LOOKS.includes(l)));
  store.search = by("search").value = query.get("q") ?? "";
  store.selected = query.get("truck");
  const at = query.get("at");
  return Number.isNaN(Date.parse(at)) ? null : at;
}

// What changes slowly: places, firms, waiting minutes, what the communities received.
async function readBoards() {
  const moment = store.isLive || !store.at ? "" : `&at=${encodeURIComponent(store.at)}`;
  const day = store.at && new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(store.at));
  const read = async (path) => {
    const answer = await fetch(path);
    return answer.ok ? answer.json() : null;
  };
  const [register, firms, posts, deliveries] = await Promise.all([
    read("/v1/register?kind="),
    read("/v1/enterprises?limit=1000"),
    read(`/v1/checkpoint-board?limit=1000${moment}`),
    day ? read(`/v1/deliveries?day=${day}${moment}`) : null,
  ]).catch(() => []);
  if (register) store.places = register.entries.filter((entry) => entry.point);
  if (firms) store.firms = new Map(firms.enterprises.map((firm) => [firm.code, firm.name]));
  if (posts) {
    const told = posts.checkpoints.filter((post) => Object.keys(post.wait_minutes).length);
    store.waits = new Map(told.map((post) => [post.checkpoint, Math.max(...Object.values(post.wait_minutes))]));
    store.waitTimes = new Map(told.map((post) => [post.checkpoint, post.wait_time]));
  }
  if (deliveries) store.stops = new Map(deliveries.stops.map((stop) => [stop.stop, stop.outcome]));
  changed();
}

function drawWords() {
  for (const element of document.querySelectorAll("[data-label]")) {
    const label = text(element.dataset.label);
    element.setAttribute("aria-label", label);
    if ("placeholder" in element) element.placeholder = label;
  }
  drawLegend(by("legend"));
  draw.isUrgent = true;
  changed();
}

function wireList() {
  by("search").addEventListener("input", () => {
    store.search = by("search").value.trim();
    draw.isUrgent = true;
    changed();
  });
  by("looks").addEventListener("click", (event) => {
    const look = event.target.closest("[data-look]")?.dataset.look;
    if (!look) return;
    if (!store.looks.delete(look)) store.looks.add(look);
    draw.isUrgent = true;
    changed();
  });
  for (const id of ["list", "strips"])
    by(id).addEventListener("click", (event) => {
      const found = event.target.closest("[data-id]");
      if (found) select(found.dataset.id);
    });
}

function wireMap() {
  map.on("click", (event) => {
    const truck = layer.nearest(event.containerPoint);
    if (truck) select(truck.shipment_id);
  });
  map.getContainer().addEventListener("wheel", () => (isMoved = true), { passive: true });
  map.on("dragstart", () => {
    isMoved = true;
    store.isFollowed = false;
    changed();
  });
  by("following").addEventListener("click", () => {
    store.isFollowed = false;
    changed();
  });
  for (const [id, move] of [["nearer", 1], ["farther", -1]])
    by(id).addEventListener("click", () => {
      isMoved = true;
      map.setZoom(map.getZoom() + move);
    });
  by("whole").addEventListener("click", () => {
    isMoved = false;
    whole();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawWords);
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    changed();
  }).observe(by("ground"));
}

async function start() {
  await loadTexts();
  let me = null;
  switchLanguage(() => {
    drawWords();
    drawLinks(me);
  });
  onChange(draw);
  wireList();
  wireMap();
  drawWords();
  startTime(recall());
  me = await signedIn();
  const health = await fetch("/health").then((answer) => answer.json()).catch(() => null);
  by("demo").hidden = !health?.is_demo;
  await readBoards();
  repeat(readBoards, EVERY_MS);
  setInterval(changed, 1000);
}

window.greenchannel = { store, layer };
start();
