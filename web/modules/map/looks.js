// How a truck looks: one colour and one shape per state, on the map, in lists, on strips.
export const COLOURS = {
  alarm: "--red",
  silent: "--grey",
  waiting: "--blue",
  stopped: "--amber",
  moving: "--green",
};
const SIZE = 7;

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
  if (look === "moving" && heading >= 0) {
    const [sin, cos] = [Math.sin((heading * Math.PI) / 180), Math.cos((heading * Math.PI) / 180)];
    const turn = ([a, b]) => [a * cos - b * sin, a * sin + b * cos];
    return around([[0, -1.7], [1, 1.2], [0, 0.6], [-1, 1.2]].map(turn));
  }
  path.moveTo(x + size, y);
  path.arc(x, y, size, 0, 2 * Math.PI);
}

// A small picture of a look for lists and the legend.
export function glyph(look, isHollow = false) {
  const canvas = document.createElement("canvas");
  canvas.className = "glyph";
  canvas.width = canvas.height = 40;
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  context.scale(2, 2);
  context.lineWidth = 2;
  context.fillStyle = context.strokeStyle = colourOf(look);
  context.beginPath();
  trace(context, look, 10, 10, 45, 5.5);
  if (isHollow) context.stroke();
  else context.fill();
  return canvas;
}
