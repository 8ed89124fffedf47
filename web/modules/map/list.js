// The list beside the map, its filters with counts, and the details of one truck.
import { button, by, made, write } from "/modules/dom.js";
import { clock, number, span } from "/modules/format.js";
import { glyph } from "/modules/map/looks.js";
import { changed, filtered, firmOf, LOOKS, minutesSince, store } from "/modules/map/store.js";
import { box, part, plain, redraw } from "/modules/redraw.js";
import { text, word } from "/modules/texts.js";

const MOST = 200;

export function drawLooks(counts) {
  redraw(by("looks"), LOOKS.map((look) => {
    const found = made("button", "look", "", { type: "button", ariaPressed: store.looks.has(look) });
    found.dataset.look = look;
    found.append(glyph(look), `${text(`look.${look}`)} ${counts[look]}`);
    return plain(look, found);
  }));
}

export function drawList() {
  const { shown, counts } = filtered();
  drawLooks(counts);
  by("empty").hidden = shown.length > 0;
  const isKnown = store.connection === "live" || store.connection === "past";
  write(by("empty"), text(store.trucks.size ? "map.none_match" : isKnown ? "map.no_trucks" : `state.${store.connection}`));
  redraw(by("list"), shown.slice(0, MOST).map(row));
  return shown;
}

// Two hundred rows are looked at, few are made.
function row(truck) {
  const where = [bound(truck), stopsOf(truck)];
  if (store.unknownThen.has(truck.shipment_id)) where.push(text("map.unknown_then", { time: clock(store.at) }));
  const said = [
    truck.plate, word("route", truck.state), age(truck.time), where.filter(Boolean).join(" · "),
    truck.shipment_id, truck.look, truck.source !== "gps", truck.shipment_id === store.selected,
  ];
  return part(truck.shipment_id, said, () => rowOf(...said));
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
  const item = made("li");
  const found = made("button", "truck", "", { type: "button", ariaPressed: isPressed });
  Object.assign(found.dataset, { id, act: "select" });
  found.append(glyph(look, isHollow), made("b", "", plate));
  found.append(made("span", "what", what), made("span", "age", seen), made("small", "", where));
  item.append(found);
  return item;
}

export function age(time) {
  const minutes = minutesSince(time);
  if (minutes === null) return "—";
  return minutes < 1 ? text("map.just_now") : text("map.ago", { span: span(minutes) });
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
  const lines = facts.flatMap(([name, value]) => [
    plain(name, made("dt", "", text(`column.${name}`))),
    plain(`${name} is`, made("dd", "", value)),
  ]);
  redraw(by("details"), [
    plain("title", made("h3", "", truck.plate)),
    part("follow", store.isFollowed, followIt),
    box("facts", made("dl"), lines),
    plain("history", told()),
  ]);
}

function followIt() {
  const found = button("map.follow", () => {
    store.isFollowed = !store.isFollowed;
    changed();
  });
  if (store.isFollowed) found.textContent = text("map.unfollow");
  return found;
}

function told() {
  const list = made("ol", "history");
  for (const line of history.lines.slice(-12).reverse()) {
    const item = list.appendChild(made("li", line.is_late ? "late" : ""));
    item.append(made("time", "", clock(line.event_time)), ` ${word("event", line.what)} `);
    const where = line.details.checkpoint ?? line.details.stop ?? line.details.place;
    if (where) item.append(placeName(where));
    if (line.is_late) item.append(made("small", "", text("map.told_at", { time: clock(line.record_time) })));
  }
  return list;
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
