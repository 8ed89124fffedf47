// The corridor strip: each lane in use as a line, with its posts, trucks and minutes.
import { by } from "/modules/dom.js";
import { FAINT, waitColour } from "/modules/map/ground.js";
import { COLOURS, outlineOf } from "/modules/map/looks.js";
import { isWaitOld, store, waitAt } from "/modules/map/store.js";
import { part, redraw } from "/modules/redraw.js";
import { text } from "/modules/texts.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const EDGE = 90;
const MOST = 300;
// Who serves the communities is past the lane's end, one beside the other.
const HOUSE = outlineOf("delivering");
const BESIDE = 18;
const MOST_SERVING = 4;

function draw(tag, attributes, content) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (content !== undefined) element.textContent = content;
  return element;
}

// Of very many trucks the strip shows those that come first in the list.
export function drawStrips(all) {
  const shown = all.slice(0, MOST);
  const inUse = store.lanes.filter((lane) => lane.posts.length);
  redraw(by("strips"), inUse.map((lane) => {
    const mine = shown.filter((truck) => truck.lane === lane.code);
    const waits = lane.posts.map(({ code }) => [waitAt(code), isWaitOld(code)]);
    const trucks = mine.map((t) => [t.shipment_id, t.progress_m, t.look, t.state, t.plate, t.source, t.shipment_id === store.selected]);
    return part(lane.code, [lane, waits, trucks], () => strip(lane, mine));
  }));
}

function strip(lane, mine) {
  const figure = document.createElement("figure");
  const caption = figure.appendChild(document.createElement("figcaption"));
  caption.textContent = `${lane.name} · ${Math.round(lane.length_m / 1000)} km`;
  const svg = figure.appendChild(draw("svg", { viewBox: `0 0 ${WIDTH} 64`, role: "img", "aria-label": lane.name }));
  const at = (metres) => EDGE + ((WIDTH - 2 * EDGE) * metres) / lane.length_m;
  svg.append(draw("line", { x1: EDGE, x2: WIDTH - EDGE, y1: 34, y2: 34, class: `lane ${lane.status}` }));
  for (const [x, away, anchor, name] of [
    [EDGE, -12, "end", lane.names[0]],
    [WIDTH - EDGE, 12, "start", lane.names.at(-1)],
  ]) {
    svg.append(draw("circle", { cx: x, cy: 34, r: 4, class: "end" }));
    svg.append(draw("text", { x: x + away, y: 38, class: "end-name", "text-anchor": anchor }, name));
  }
  for (const post of lane.posts) {
    const minutes = waitAt(post.code);
    const x = at(post.progress_m);
    svg.append(draw("rect", { x: x - 5, y: 26, width: 10, height: 16, rx: 2, class: "post" }));
    svg.lastChild.style.stroke = `var(${post.is_open ? waitColour(minutes) : "--grey"})`;
    if (post.is_open && isWaitOld(post.code)) svg.lastChild.style.strokeOpacity = FAINT;
    const wait = !post.is_open ? text("closed") : minutes === null ? "" : text("map.minutes", { minutes });
    svg.append(draw("text", { x, y: 60, class: "name" }, `${post.code} ${wait}`));
  }
  const serving = mine.filter(isServing);
  const driving = mine.filter((truck) => !isServing(truck) && truck.progress_m !== null);
  const past = (i) => at(lane.length_m) + BESIDE * Math.min(i, MOST_SERVING);
  svg.append(...serving.map((truck, i) => mark(truck, past(i))), ...driving.map((truck) => mark(truck, at(truck.progress_m))));
  return figure;
}

const isServing = (truck) => truck.state === "delivering";

function mark(truck, x) {
  const isReturning = truck.state === "returning";
  const made = draw("path", {
    d: isServing(truck) ? HOUSE : isReturning ? "M -8 0 L 6 -6 L 6 6 Z" : "M 8 0 L -6 -6 L -6 6 Z",
    transform: `translate(${x} ${isReturning ? 46 : 18})`,
    class: truck.source === "gps" ? "truck" : "truck hollow",
    "data-id": truck.shipment_id,
  });
  made.style.setProperty("--look", `var(${COLOURS[truck.look]})`);
  made.append(draw("title", {}, `${truck.plate} · ${text(`look.${truck.look}`)}`));
  if (truck.shipment_id === store.selected) made.classList.add("chosen");
  return made;
}
