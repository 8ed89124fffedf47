// How a truck looks: one colour and one shape per state, on the map, in lists, on strips.
export const COLOURS = {
  alarm: "--red",
  silent: "--grey",
  waiting: "--blue",
  stopped: "--amber",
  delivering: "--green",
  moving: "--green",
};
const SIZE = 7;
const SVG = "http://www.w3.org/2000/svg";

const resolved = new Map();
const probe = document.documentElement.appendChild(document.createElement("i"));
probe.hidden = true;

// A look or a variable as a colour that a canvas understands; it follows the scheme.
export function colourOf(name) {
  if (!resolved.has(name)) {
    probe.style.color = `var(${COLOURS[name] ?? name})`;
    resolved.set(name, getComputedStyle(probe).color);
  }
  return resolved.get(name);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => resolved.clear());

// The outline of a shape around (x, y), added to the current path.
export function trace(path, look, x, y, heading, size = SIZE) {
  const around = (points) => {
    points.forEach(([dx, dy], i) => path[i ? "lineTo" : "moveTo"](x + dx * size, y + dy * size));
    path.closePath();
  };
  if (look === "alarm") return around([[0, -1.4], [1.3, 1], [-1.3, 1]]);
  if (look === "stopped") return around([[-1, -1], [1, -1], [1, 1], [-1, 1]]);
  if (look === "waiting") return around([[0, -1.4], [1.4, 0], [0, 1.4], [-1.4, 0]]);
  if (look === "delivering") return around([[0, -1.5], [1.3, -0.3], [1.3, 1.2], [-1.3, 1.2], [-1.3, -0.3]]);
  if (look === "moving" && heading >= 0) {
    const [sin, cos] = [Math.sin((heading * Math.PI) / 180), Math.cos((heading * Math.PI) / 180)];
    const turn = ([a, b]) => [a * cos - b * sin, a * sin + b * cos];
    return around([[0, -1.7], [1, 1.2], [0, 0.6], [-1, 1.2]].map(turn));
  }
  path.moveTo(x + size, y);
  path.arc(x, y, size, 0, 2 * Math.PI);
}

// A small picture of a look for lists and the legend: drawn once, then copied, for a
// canvas in each of two hundred rows cost more than all trucks on the map.
const pictures = new Map();

export function glyph(look, isHollow = false) {
  const name = `${look} ${isHollow}`;
  if (!pictures.has(name)) pictures.set(name, picture(look, isHollow));
  return pictures.get(name).cloneNode(true);
}

function picture(look, isHollow) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", isHollow ? "glyph hollow" : "glyph");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.style.color = `var(${COLOURS[look]})`;
  const shape = svg.appendChild(document.createElementNS(SVG, "path"));
  shape.setAttribute("d", outlineOf(look, 10, 5.5));
  return svg;
}

// What `trace` draws, as the path of an SVG.
class Outline {
  told = [];
  moveTo(x, y) {
    this.told.push(`M${x} ${y}`);
  }
  lineTo(x, y) {
    this.told.push(`L${x} ${y}`);
  }
  arc(x, y, r) {
    this.told.push(`M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`);
  }
  closePath() {
    this.told.push("Z");
  }
}

export function outlineOf(look, middle = 0, size = 6) {
  const outline = new Outline();
  trace(outline, look, middle, middle, 45, size);
  return outline.told.join("");
}
