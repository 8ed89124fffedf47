// The schematic ground: a graticule, lanes, posts, places; no tile and no other host.
/* global L */
import { clock } from "/modules/format.js";
import { gathered, middleOf, tallied } from "/modules/map/clusters.js";
import { colourOf } from "/modules/map/looks.js";
import { isWaitOld, waitAt, waitToldAt } from "/modules/map/store.js";
import { text } from "/modules/texts.js";

const STEP = 0.25;
const NAMES_FROM_ZOOM = 13;
const GATHER_PX = 48;
const BESIDE = { town: ["left", [-10, 0]], crowd: ["top", [0, -12]] };
export const LONG_WAIT = 12;
export const SOME_WAIT = 5;
const OUTCOMES = { delivered: "--green", late: "--green", short: "--amber", refused: "--red" };
const escape = (value) => value.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

export const FAINT = 0.35;

export const waitColour = (minutes) =>
  minutes === null ? "--grey" : minutes >= LONG_WAIT ? "--red" : minutes >= SOME_WAIT ? "--amber" : "--green";

export class Ground {
  constructor(map) {
    this.map = map;
    this.turns = 0;
    const pane = map.createPane("lanes");
    pane.style.zIndex = 300;
    this.renderer = L.canvas({ pane: "lanes", padding: 0.5 });
    this.lanes = L.layerGroup().addTo(map);
    this.communities = L.layerGroup().addTo(map);
    this.net = L.layerGroup().addTo(map);
    map.on("moveend", () => this.graticule());
    map.on("zoomend", () => this.last && this.draw(this.last));
    this.graticule();
  }

  graticule() {
    const view = this.map.getBounds().pad(0.2);
    const from = (value) => Math.floor(value / STEP) * STEP;
    this.net.clearLayers();
    const line = (points) =>
      L.polyline(points, { renderer: this.renderer, pane: "lanes", interactive: false,
        color: colourOf("--line"), weight: 1 }).addTo(this.net);
    if (view.getEast() - view.getWest() > 8) return;
    for (let lon = from(view.getWest()); lon < view.getEast(); lon += STEP)
      line([[view.getSouth(), lon], [view.getNorth(), lon]]);
    for (let lat = from(view.getSouth()); lat < view.getNorth(); lat += STEP)
      line([[lat, view.getWest()], [lat, view.getEast()]]);
  }

  // Communities are counted from afar, marks when near, and named when nearest.
  size() {
    const zoom = this.map.getZoom();
    return zoom >= NAMES_FROM_ZOOM ? 3 : zoom >= 11.5 ? 2 : 1;
  }

  draw(store) {
    this.last = store;
    const key = JSON.stringify([store.lanes, store.places, [...store.waits], [...store.waitTimes], store.measured, [...store.stops],
      store.lanes.flatMap((lane) => lane.posts.map((post) => isWaitOld(post.code))),
      document.documentElement.lang, colourOf("--ink"), this.size(), this.size() > 1 || this.map.getZoom()]);
    if (key === this.drawn) return;
    this.drawn = key;
    this.turns += 1;
    this.lanes.clearLayers();
    this.communities.clearLayers();
    for (const lane of store.lanes) this.lane(lane);
    for (const lane of store.lanes) for (const post of lane.posts) this.post(post);
    for (const place of store.places) this.place(place);
    this.served(store);
    this.graticule();
  }

  lane(lane) {
    const points = lane.points.map(([lon, lat]) => [lat, lon]);
    const isOpen = lane.status !== "closed";
    const common = { renderer: this.renderer, pane: "lanes", interactive: false };
    L.polyline(points, { ...common, color: colourOf("--paper"), weight: 9 }).addTo(this.lanes);
    L.polyline(points, { ...common, weight: isOpen ? 4 : 2, dashArray: isOpen ? null : "6 6",
      color: colourOf(isOpen ? (lane.status === "diverted" ? "--amber" : "--lane") : "--grey"),
    }).addTo(this.lanes);
  }

  post(post) {
    const minutes = waitAt(post.code);
    const name = post.name || post.code;
    const wait = post.is_open ? (minutes === null ? "" : text("map.wait", { minutes })) : text("closed");
    const told = post.is_open && minutes !== null && waitToldAt(post.code);
    const since = told ? ` <small>${text("map.wait_told", { time: clock(told) })}</small>` : "";
    const hint = post.is_armed ? "" : `<br><small>${text("map.unverified")}</small>`;
    L.circleMarker([post.lat, post.lon], { renderer: this.renderer, pane: "lanes", radius: 8, weight: 3,
      opacity: post.is_open && isWaitOld(post.code) ? FAINT : 1,
      color: colourOf(post.is_open ? waitColour(minutes) : "--grey"),
      fillColor: colourOf("--paper"), fillOpacity: 1, dashArray: post.is_open ? null : "3 3" })
      .bindPopup(`<b>${escape(name)}</b><br>${wait || text("map.no_wait")}${since}${hint}`)
      .addTo(this.lanes);
    this.label([post.lat, post.lon], `${escape(name)} <b>${wait}</b>${since}`, "post", this.lanes);
  }

  place(place) {
    if (place.point && ["town", "origin"].includes(place.kind))
      this.label([place.point.lat, place.point.lon], escape(place.name), "town", this.lanes);
  }

  served(store) {
    const marks = store.places.filter((place) => place.point && place.kind === "community").map((place) => {
      const { lat, lon } = place.point;
      return { ...this.map.project([lat, lon]), lat, lon, name: place.name, state: store.stops.get(place.code) };
    });
    for (const group of gathered(marks, this.size() > 1 ? 0 : GATHER_PX))
      if (group.length === 1) this.community(group[0]);
      else this.crowd(group);
  }

  community({ lat, lon, name, state }) {
    this.ring([lat, lon], 6, state, [[name, state]]);
    if (this.size() > 2) this.label([lat, lon], escape(name), "community", this.communities);
  }

  // One ring with a count: from afar a town's communities would hide each other.
  crowd(group) {
    const { lat, lon } = middleOf(group);
    const { all, done, worst } = tallied(group);
    const said = done === null ? text("map.crowd", { all }) : text("map.crowd_served", { done, all });
    this.ring([lat, lon], 12, worst, group.map(({ name, state }) => [name, state]));
    this.label([lat, lon], said, "crowd", this.communities);
  }

  ring(at, radius, state, told) {
    const line = ([name, outcome]) => `<b>${escape(name)}</b> ${text(`map.stop.${outcome ?? "none"}`)}`;
    L.circleMarker(at, { renderer: this.renderer, pane: "lanes", radius, weight: radius / 3,
      color: colourOf(OUTCOMES[state] ?? (state ? "--blue" : "--grey")),
      fillColor: colourOf(OUTCOMES[state] ?? (radius > 6 && state ? "--blue" : "--paper")), fillOpacity: radius > 6 ? 0.25 : 1 })
      .bindPopup(told.map(line).join("<br>"), { maxHeight: 240 })
      .addTo(this.communities);
  }

  label(at, html, kind, group) {
    const [direction, offset] = BESIDE[kind] ?? ["right", [10, 0]];
    L.tooltip({ permanent: true, direction, offset,
      className: `label ${kind}`, interactive: false, opacity: 1 })
      .setLatLng(at).setContent(html).addTo(group);
  }
}
