// The schematic ground: a graticule, lanes, posts, places; no tile and no other host.
/* global L */
import { colourOf } from "/modules/map/looks.js";
import { waitAt } from "/modules/map/store.js";
import { text } from "/modules/texts.js";

const STEP = 0.25;
const COMMUNITIES_FROM_ZOOM = 9;
const NAMES_FROM_ZOOM = 13;
export const LONG_WAIT = 12;
export const SOME_WAIT = 5;
const OUTCOMES = { delivered: "--green", late: "--green", short: "--amber", refused: "--red" };
const escape = (value) => value.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

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
    this.communities = L.layerGroup();
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

  // Communities are dots from afar, marks when near, and named when nearest.
  size() {
    const zoom = this.map.getZoom();
    return zoom >= NAMES_FROM_ZOOM ? 3 : zoom >= 11.5 ? 2 : 1;
  }

  zoomed() {
    const isNear = this.map.getZoom() >= COMMUNITIES_FROM_ZOOM;
    if (isNear) this.communities.addTo(this.map);
    else this.communities.remove();
  }

  draw(store) {
    this.last = store;
    const key = JSON.stringify([store.lanes, store.places, [...store.waits], store.measured, [...store.stops],
      document.documentElement.lang, colourOf("--ink"), this.size()]);
    if (key === this.drawn) return;
    this.drawn = key;
    this.turns += 1;
    this.lanes.clearLayers();
    this.communities.clearLayers();
    for (const lane of store.lanes) this.lane(lane);
    for (const lane of store.lanes) for (const post of lane.posts) this.post(post);
    for (const place of store.places) this.place(place, store.stops);
    this.graticule();
    this.zoomed();
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
    const hint = post.is_armed ? "" : `<br><small>${text("map.unverified")}</small>`;
    L.circleMarker([post.lat, post.lon], { renderer: this.renderer, pane: "lanes", radius: 8, weight: 3,
      color: colourOf(post.is_open ? waitColour(minutes) : "--grey"),
      fillColor: colourOf("--paper"), fillOpacity: 1, dashArray: post.is_open ? null : "3 3" })
      .bindPopup(`<b>${escape(name)}</b><br>${wait || text("map.no_wait")}${hint}`)
      .addTo(this.lanes);
    this.label([post.lat, post.lon], `${escape(name)} <b>${wait}</b>`, "post", this.lanes);
  }

  place(place, stops) {
    if (!place.point) return;
    const at = [place.point.lat, place.point.lon];
    if (place.kind === "community") {
      const state = stops.get(place.code);
      L.circleMarker(at, { renderer: this.renderer, pane: "lanes", radius: this.size() > 1 ? 6 : 2.5, weight: 2,
        color: colourOf(OUTCOMES[state] ?? (state ? "--blue" : "--grey")),
        fillColor: colourOf(OUTCOMES[state] ?? "--paper"), fillOpacity: 1 })
        .bindPopup(`<b>${escape(place.name)}</b><br>${text(`map.stop.${state ?? "none"}`)}`)
        .addTo(this.communities);
      if (this.size() > 2) this.label(at, escape(place.name), "community", this.communities);
    } else if (place.kind === "town" || place.kind === "origin") {
      this.label(at, escape(place.name), "town", this.lanes);
    }
  }

  label(at, html, kind, group) {
    L.tooltip({ permanent: true, direction: kind === "town" ? "left" : "right", offset: [kind === "town" ? -10 : 10, 0],
      className: `label ${kind}`, interactive: false, opacity: 1 })
      .setLatLng(at).setContent(html).addTo(group);
  }
}
