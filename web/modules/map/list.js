// The list beside the map, its filters with counts, and the details of one truck.
import { by } from "/modules/dom.js";
import { clock, number, span } from "/modules/format.js";
import { glyph } from "/modules/map/looks.js";
import { changed, filtered, firmOf, LOOKS, minutesSince, store } from "/modules/map/store.js";
import { text, word } from "/modules/texts.js";

const MOST = 200;
const made = (tag, className, content) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content !== undefined) element.textContent = content;
  return element;
};

export function drawLooks(counts) {
  const buttons = LOOKS.map((look) => {
    const isPressed = store.looks.has(look);
    const label = `${text(`look.${look}`)} ${counts[look]}`;
    const make = () => {
      const button = made("button", "look");
      button.type = "button";
      button.dataset.look = look;
      button.setAttribute("aria-pressed", isPressed);
      button.append(glyph(look), label);
      return button;
    };
    return { key: `${label} ${isPressed}`, make };
  });
  replaceKept(by("looks"), buttons);
}

export function drawList() {
  const { shown, counts } = filtered();
  drawLooks(counts);
  by("empty").hidden = shown.length > 0;
  const isKnown = store.connection === "live" || store.connection === "past";
  by("empty").textContent = text(
    store.trucks.size ? "map.none_match" : isKnown ? "map.no_trucks" : `state.${store.connection}`,
  );
  replaceKept(by("list"), shown.slice(0, MOST).map(row));
  return shown;
}

// What a row says is its key: two hundred rows are looked at, few are made.
function row(truck) {
  const where = [bound(truck), stopsOf(truck)];
  if (store.unknownThen.has(truck.shipment_id)) where.push(text("map.unknown_then", { time: clock(store.at) }));
  const said = [
    truck.plate, word("route", truck.state), age(truck.time), where.filter(Boolean).join(" · "),
    truck.shipment_id, truck.look, truck.source !== "gps", truck.shipment_id === store.selected,
  ];
  return { key: said.join("|"), make: () => rowOf(...said) };
}

// Where it serves, else the next post, else the end of the lane that it drives to.
function bound(truck) {
  if (truck.state === "delivering") return text("map.serves", { place: placeName(truck.last_place) });
  const ends = store.lanes.find((lane) => lane.code === truck.lane)?.names ?? [];
  const post = truck.next_checkpoint || (truck.state === "returning" ? ends[0] : ends.at(-1));
  return post ? text("map.towards", { post }) : "";
}

function stopsOf({ stops_done: done, stops_left: left }) {
  return done + left ? text("map.stops", { done, all: done + left }) : "";
}

function rowOf(plate, what, seen, where, id, look, isHollow, isPressed) {
  const item = made("li", "");
  const button = item.appendChild(made("button", "truck"));
  button.type = "button";
  button.dataset.id = id;
  button.setAttribute("aria-pressed", isPressed);
  button.append(glyph(look, isHollow), made("b", "", plate));
  button.append(made("span", "what", what), made("span", "age", seen), made("small", "", where));
  return item;
}

export function age(time) {
  const minutes = minutesSince(time);
  if (minutes === null) return "—";
  return minutes < 1 ? text("map.just_now") : text("map.ago", { span: span(minutes) });
}

// Elements that say the same stay, and only change places: a click is never lost.
function replaceKept(parent, wanted) {
  const keys = new Set(wanted.map(({ key }) => key));
  const kept = new Map();
  for (const element of [...parent.children])
    if (keys.has(element.dataset.key)) kept.set(element.dataset.key, element);
    else element.remove();
  let next = parent.firstElementChild;
  for (const { key, make } of wanted) {
    const element = kept.get(key) ?? make();
    element.dataset.key = key;
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
}

let history = { asked: null, lines: [] };

export async function drawDetails() {
  const truck = store.trucks.get(store.selected);
  by("details").hidden = !truck;
  if (!truck) return;
  readHistory(truck);
  const facts = [
    ["status", word("route", truck.state) + (truck.look === truck.state ? "" : ` · ${text(`look.${truck.look}`)}`)],
    ["document", truck.document_no],
    ["firm", firmOf(truck)],
    ["last_place", `${placeName(truck.last_place)} · ${clock(truck.last_time)}`],
    ["seen", `${text(`map.source.${truck.source}`)} · ${age(truck.time)}`],
    ["bound", bound(truck) || "—"],
    ["speed", truck.speed_kmh >= 0 ? `${number(truck.speed_kmh)} km/h` : "—"],
    ["eta", truck.eta_p50 ? `${clock(truck.eta_p50)} – ${clock(truck.eta_p90)}` : "—"],
    ["stops", stopsOf(truck) || "—"],
    ["on_board", number(truck.cases_on_board)],
  ];
  const list = made("dl", "");
  for (const [name, value] of facts) list.append(made("dt", "", text(`column.${name}`)), made("dd", "", value));
  const told = made("ol", "history");
  for (const line of history.lines.slice(-12).reverse()) {
    const item = told.appendChild(made("li", line.is_late ? "late" : ""));
    item.append(made("time", "", clock(line.event_time)), ` ${word("event", line.what)} `);
    const where = line.details.checkpoint ?? line.details.stop ?? line.details.place;
    if (where) item.append(placeName(where));
    if (line.is_late) item.append(made("small", "", text("map.told_at", { time: clock(line.record_time) })));
  }
  const title = made("h3", "", truck.plate);
  const follow = made("button", "", text(store.isFollowed ? "map.unfollow" : "map.follow"));
  follow.type = "button";
  follow.addEventListener("click", () => {
    store.isFollowed = !store.isFollowed;
    changed();
  });
  const kept = by("details").contains(document.activeElement);
  by("details").replaceChildren(title, follow, list, told);
  if (kept) follow.focus();
}

export const placeName = (code) =>
  store.places.find((place) => place.code === code)?.name ??
  store.lanes.flatMap((lane) => lane.posts).find((post) => post.code === code)?.name ?? (code || "—");

// As of the moment that is shown: a past one is not told what came after it.
async function readHistory(truck) {
  const at = store.isLive ? truck.last_time : store.at;
  const id = `${truck.shipment_id} ${at}`;
  if (history.asked === id) return;
  history.asked = id;
  const query = store.isLive ? "" : `?at=${encodeURIComponent(at)}`;
  const path = `/v1/history/shipment/${encodeURIComponent(truck.shipment_id)}${query}`;
  const answer = await fetch(path).catch(() => null);
  if (!answer?.ok || history.asked !== id) return;
  history = { asked: id, lines: (await answer.json()).events };
  changed();
}
