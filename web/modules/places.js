// Places and lanes by people: stand at the gate and tap, or paste a point of AMap.
import { ask, stateOf } from "/modules/client.js";
import { by, made } from "/modules/dom.js";
import { number } from "/modules/format.js";
import { instruct, instructionsOf, stopInstructing } from "/modules/instructions.js";
import { drawLinks, signedIn } from "/modules/nav.js";
import { explain } from "/modules/problems.js";
import { drawState, emptyText } from "/modules/state.js";
import { loadTexts, switchLanguage, text } from "/modules/texts.js";

const FIXES = 20;
const ROUGH_M = 100;
let places = [];
let posts = null;
let lanes = [];
let chosen = null;
let point = null;
let watch = null;
let state = "loading";

async function read(position) {
  const since = position ? `&min_position=${position}` : "";
  try {
    const register = await ask(`/v1/register?limit=1000${since}`);
    places = register.entries.filter((entry) => entry.point);
    lanes = register.entries.filter((entry) => entry.kind === "lane");
    posts = (await ask(`/v1/checkpoint-board?limit=1000${since}`)).checkpoints;
    state = "live";
  } catch (error) {
    state = stateOf(error);
  }
  draw();
}

function draw() {
  drawState(state, "map.notice");
  const groups = [
    ["places.posts", (posts ?? []).flatMap((post) => [postRow(post), ...instructionsOf(post, read)])],
    ["places.lanes", lanes.map(laneRow)],
    ["places.places", places.map(placeRow)],
  ];
  by("groups").replaceChildren(...groups.map(([title, rows]) => {
    const panel = made("section", "panel");
    panel.append(made("h2", "", text(title)), ...rows);
    if (!rows.length) panel.append(made("p", "empty", emptyText(posts, state, "empty")));
    return panel;
  }));
}

function row(name, note, isGood, buttons) {
  const found = made("div", "place");
  const actions = made("div", "actions");
  actions.append(...buttons.map(([key, act]) => {
    const button = made("button", "", text(key));
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }));
  found.append(made("b", "", name), made("span", isGood ? "good" : "warn", note), actions);
  return found;
}

const standing = (entry) => text(entry.is_verified ? "places.verified" : "places.unverified");

function postRow(post) {
  const path = `/v1/checkpoints/${encodeURIComponent(post.checkpoint)}`;
  const note = post.is_open ? standing(post) : text("closed");
  const save = (where) => ask(`${path}/moves`, { point: where, is_verified: true });
  const buttons = post.is_open
    ? [["instruct.add", () => begin(post)], ["places.locate", () => choose(post.name || post.checkpoint, post.point, save)], ["places.close", () => act(`${path}/closures`, true)]]
    : [];
  return row(post.name || post.checkpoint, note, post.is_open && post.is_verified, buttons);
}

function begin(post) {
  stop();
  instruct(post, posts.filter((each) => each.is_open), read);
}

function placeRow(place) {
  const path = `/v1/places/${encodeURIComponent(place.code)}/verifications`;
  const save = (where) => ask(path, { point: where });
  return row(place.name, standing(place), place.is_verified, [["places.locate", () => choose(place.name, place.point, save)]]);
}

function laneRow(lane) {
  const path = `/v1/lanes/${encodeURIComponent(lane.code)}`;
  const buttons = [
    ["places.divert", () => act(`${path}/diversions`, true), lane.status === "open"],
    ["places.close", () => act(`${path}/closures`, true), lane.status !== "closed"],
    ["places.reopen", () => act(`${path}/reopenings`, false), lane.status !== "open"],
  ].filter(([, , isOffered]) => isOffered);
  const note = [text(`places.lane.${lane.status}`), lane.reason].filter(Boolean).join(" · ");
  return row(lane.name, note, lane.status === "open", buttons);
}

async function act(path, needsReason) {
  const reason = needsReason ? window.prompt(text("places.reason")) : "";
  if (reason === null || (needsReason && !reason.trim())) return;
  await tell(() => ask(path, needsReason ? { reason } : {}));
}

async function tell(send) {
  try {
    const { position } = await send();
    stop();
    await read(position);
  } catch (error) {
    by("notice").hidden = false;
    by("notice").textContent = explain(error);
  }
}

function choose(name, before, save) {
  stop();
  stopInstructing();
  chosen = { name, before, save };
  by("editor").hidden = false;
  by("chosen").textContent = name;
  by("pasted").value = "";
  preview(null, text("places.hint"));
  by("here").focus();
}

function stop() {
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  watch = chosen = null;
  by("editor").hidden = true;
}

function preview(found, said) {
  point = found;
  by("save").disabled = !found;
  by("preview").textContent = said;
}

const metres = (a, b) =>
  Math.hypot((a.lon - b.lon) * 111320 * Math.cos((a.lat * Math.PI) / 180), (a.lat - b.lat) * 110990);

function show(found) {
  const away = chosen.before ? number(Math.round(metres(found, chosen.before))) : "—";
  preview(found, text("places.found", { lon: found.lon.toFixed(6), lat: found.lat.toFixed(6), away }));
}

// Twenty fixes, the better ones counting for more.
function here() {
  if (!navigator.geolocation) return preview(null, text("places.no_gps"));
  const fixes = [];
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  preview(null, text("places.waiting", { count: 0, all: FIXES }));
  const took = ({ coords }) => {
    if (coords.accuracy > ROUGH_M) return preview(null, text("places.rough", { metres: Math.round(coords.accuracy) }));
    fixes.push(coords);
    preview(null, text("places.waiting", { count: fixes.length, all: FIXES }));
    if (fixes.length < FIXES) return;
    navigator.geolocation.clearWatch(watch);
    watch = null;
    const weights = fixes.map((fix) => 1 / Math.max(fix.accuracy, 1) ** 2);
    const mean = (name) => fixes.reduce((sum, fix, i) => sum + fix[name] * weights[i], 0) / weights.reduce((a, b) => a + b);
    show({ lon: mean("longitude"), lat: mean("latitude") });
  };
  watch = navigator.geolocation.watchPosition(took, () => preview(null, text("places.no_gps")), { enableHighAccuracy: true, maximumAge: 0 });
}

// 118.039214,36.796738 as AMap copies it, or a link that holds it; either order.
async function paste() {
  const [first, second] = (by("pasted").value.match(/-?\d{1,3}\.\d{3,}/g) ?? []).map(Number);
  if (second === undefined) return preview(null, text("places.hint"));
  const [lon, lat] = Math.abs(first) > Math.abs(second) ? [first, second] : [second, first];
  try {
    show(await ask(`/v1/wgs84?datum=gcj02&lon=${lon}&lat=${lat}`));
  } catch (error) {
    preview(null, explain(error));
  }
}

await loadTexts();
let me = null;
switchLanguage(() => {
  draw();
  drawLinks(me);
});
by("here").addEventListener("click", here);
by("pasted").addEventListener("input", paste);
by("cancel").addEventListener("click", stop);
by("save").addEventListener("click", () => tell(() => chosen.save(point)));
draw();
me = await signedIn();
await read();
