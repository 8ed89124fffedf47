// All trucks on one canvas above the map: drawn when they move, not one element each.
/* global L */
import { spread } from "/modules/map/clusters.js";
import { labelsOn, placed } from "/modules/map/labels.js";
import { colourOf, trace } from "/modules/map/looks.js";
import { LOOKS } from "/modules/map/store.js";

const GLIDE_MS = 1000;
const NEAR_PX = 16;
const FEW = 150;
const MANY = 2000;
const MANY_EVERY_MS = 100;
const EVERY_MS = 33;
const BESIDE_PX = 18;
const MARK_PX = 8;
const STEP_PX = 0.5;
const DOT = 2.5;
const LABELS_FROM_ZOOM = 9;

// A look's colour as a canvas keeps it: red first, and nothing of it transparent.
function pixelOf(look) {
  const [red, green, blue] = colourOf(look).match(/\d+/g).map(Number);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export const TruckLayer = L.Layer.extend({
  onAdd(map) {
    this._map = map;
    this._shown = [];
    this._visible = [];
    this._marks = new Map();
    this._turn = 0;
    this.stats = { frames: 0, painted: 0 };
    const pane = map.getPane("trucks") ?? map.createPane("trucks");
    pane.style.zIndex = 460;
    pane.style.pointerEvents = "none";
    this._canvas = L.DomUtil.create("canvas", "trucks", pane);
    map.on("move zoomend resize viewreset", this._place, this);
    map.on("zoomstart", this._hide, this);
    this._place();
  },

  // Takes what is to be seen: glides from where each was drawn to where it is, in
  // pixels of the whole world at zoom 0 (EPSG:3857).
  show(trucks, selected) {
    const now = performance.now();
    this._taken = null;
    this._selected = selected;
    this._shown = trucks.filter((truck) => truck.lon !== null);
    this._turn += 1;
    for (const truck of this._shown) {
      const x = 128 + (truck.lon * 256) / 360;
      const sin = Math.sin((truck.lat * Math.PI) / 180);
      const y = 128 - (64 / Math.PI) * Math.log((1 + sin) / (1 - sin));
      let mark = this._marks.get(truck.shipment_id);
      if (!mark) {
        mark = { x0: x, y0: y, x, y, since: now, turn: 0 };
        this._marks.set(truck.shipment_id, mark);
      } else if (mark.x !== x || mark.y !== y) {
        const share = Math.min(1, (now - mark.since) / GLIDE_MS);
        mark.x0 += (mark.x - mark.x0) * share;
        mark.y0 += (mark.y - mark.y0) * share;
        mark.x = x;
        mark.y = y;
        mark.since = now;
      }
      mark.turn = this._turn;
    }
    if (this._marks.size > this._shown.length)
      for (const [id, mark] of this._marks) if (mark.turn !== this._turn) this._marks.delete(id);
    this._until = now + GLIDE_MS;
    this._paint();
  },

  nearest(point) {
    let best = NEAR_PX;
    let found = null;
    for (const [truck, x, y] of this._visible) {
      const away = Math.hypot(x - point.x, y - point.y);
      if (away < best) [best, found] = [away, truck];
    }
    return found;
  },

  _hide() {
    this._canvas.style.visibility = "hidden";
  },

  _place() {
    const size = this._map.getSize();
    this._taken = null;
    const dots = Math.min(window.devicePixelRatio || 1, 2);
    const canvas = this._canvas;
    if (canvas.width !== size.x * dots || canvas.height !== size.y * dots) {
      canvas.width = size.x * dots;
      canvas.height = size.y * dots;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    this._dots = dots;
    canvas.style.visibility = "";
    L.DomUtil.setPosition(canvas, this._map.containerPointToLayerPoint([0, 0]));
    this._ask();
  },

  // As many pictures as there are half pixels to glide, and one timer for the next: from
  // afar a truck creeps, and drawing it sixty times a second would only cost.
  _ask() {
    this._frame ??= requestAnimationFrame(() => this._paint());
  },

  _paint() {
    cancelAnimationFrame(this._frame);
    clearTimeout(this._timer);
    this._frame = null;
    this._draw();
    if (performance.now() >= this._until) return;
    const least = this._shown.length > MANY ? MANY_EVERY_MS : EVERY_MS;
    const pause = Math.min(GLIDE_MS, Math.max(least, (GLIDE_MS * STEP_PX) / this._fastest));
    this._timer = setTimeout(() => this._ask(), pause);
  },

  _draw() {
    const context = this._canvas.getContext("2d");
    const size = this._map.getSize();
    const scale = 2 ** this._map.getZoom();
    const corner = this._map.getPixelBounds().min;
    const now = performance.now();
    context.setTransform(this._dots, 0, 0, this._dots, 0, 0);
    context.clearRect(0, 0, size.x, size.y);
    let visible = [];
    this._fastest = 0;
    for (const truck of this._shown) {
      const mark = this._marks.get(truck.shipment_id);
      const share = Math.min(1, (now - mark.since) / GLIDE_MS);
      const x = (mark.x0 + (mark.x - mark.x0) * share) * scale - corner.x;
      const y = (mark.y0 + (mark.y - mark.y0) * share) * scale - corner.y;
      if (x < -20 || y < -20 || x > size.x + 20 || y > size.y + 20) continue;
      visible.push([truck, x, y]);
      const far = Math.max(Math.abs(mark.x - mark.x0), Math.abs(mark.y - mark.y0)) * scale;
      if (share < 1 && far > this._fastest) this._fastest = far;
    }
    if (visible.length <= FEW) visible = spread(visible, BESIDE_PX);
    this._visible = visible;
    if (visible.length > MANY) this._crowd(context, visible);
    else this._shapes(context, visible);
    this._chosen(context, visible);
    this._labels(context, visible);
    this.stats.frames += 1;
    this.stats.painted = visible.length;
  },

  // Thousands as dots, set pixel by pixel: as rectangles they took ten times as long.
  _crowd(context, visible) {
    const { width, height } = this._canvas;
    if (this._image?.width !== width || this._image.height !== height)
      this._image = context.createImageData(width, height);
    const pixels = new Uint32Array(this._image.data.buffer).fill(0);
    const side = Math.round(2 * DOT * this._dots);
    for (const look of [...LOOKS].reverse()) {
      const colour = pixelOf(look);
      for (const [truck, x, y] of visible) {
        if (truck.look !== look) continue;
        const left = Math.round((x - DOT) * this._dots);
        const top = Math.round((y - DOT) * this._dots);
        if (left < 0 || top < 0 || left + side > width || top + side > height) continue;
        for (let row = top * width + left, i = 0; i < side; i += 1, row += width)
          pixels.fill(colour, row, row + side);
      }
    }
    context.putImageData(this._image, 0, 0);
  },

  // Alarms last, so that nothing hides them; one path per look and kind.
  _shapes(context, visible) {
    const groups = new Map();
    for (const found of visible) {
      const key = `${found[0].look} ${found[0].source === "gps"}`;
      groups.get(key)?.push(found) ?? groups.set(key, [found]);
    }
    const paper = colourOf("--paper");
    for (const look of [...LOOKS].reverse()) {
      for (const isHollow of [true, false]) {
        const mine = groups.get(`${look} ${!isHollow}`);
        if (!mine) continue;
        context.fillStyle = isHollow ? paper : colourOf(look);
        context.strokeStyle = isHollow ? colourOf(look) : paper;
        context.lineWidth = isHollow ? 2.5 : 1.5;
        context.beginPath();
        for (const [truck, x, y] of mine) trace(context, look, x, y, truck.heading);
        context.fill();
        context.stroke();
      }
    }
  },

  _chosen(context, visible) {
    const chosen = visible.find(([truck]) => truck.shipment_id === this._selected);
    if (!chosen) return;
    context.beginPath();
    context.arc(chosen[1], chosen[2], 15, 0, 2 * Math.PI);
    context.lineWidth = 3;
    context.strokeStyle = colourOf("--ink");
    context.stroke();
  },

  _labels(context, visible) {
    const isFew = visible.length <= FEW && this._map.getZoom() >= LABELS_FROM_ZOOM;
    context.font = "600 12px system-ui, sans-serif";
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = colourOf("--paper");
    context.fillStyle = colourOf("--ink");
    const named = isFew ? visible : visible.filter(([t]) => t.shipment_id === this._selected);
    if (!named.length) return;
    this._taken ??= labelsOn(this._map);
    const marks = visible.map(([, x, y]) => [x - MARK_PX, y - MARK_PX, x + MARK_PX, y + MARK_PX]);
    const taken = isFew ? [...this._taken, ...marks] : this._taken;
    const widthOf = (name) => context.measureText(name).width;
    for (const [truck, left, base] of placed(named, widthOf, taken, this._selected)) {
      context.strokeText(truck.plate, left, base);
      context.fillText(truck.plate, left, base);
    }
  },
});
