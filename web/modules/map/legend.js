// What shapes and colours mean: trucks, posts by how long one waits there, communities.
import { LONG_WAIT, SOME_WAIT } from "/modules/map/ground.js";
import { glyph } from "/modules/map/looks.js";
import { LOOKS } from "/modules/map/store.js";
import { text } from "/modules/texts.js";

const RINGS = [
  ["post", "--grey", "map.legend.post"],
  ["post", "--amber", "map.legend.some_wait", { minutes: SOME_WAIT }],
  ["post", "--red", "map.legend.long_wait", { minutes: LONG_WAIT }],
  ["post faint", "--amber", "map.legend.old_wait"],
  ["post closed", "--grey", "map.legend.closed"],
  ["community", "--blue", "map.legend.awaiting"],
  ["community done", "--green", "map.legend.received"],
  ["crowd", "--blue", "map.legend.crowd"],
];

export function drawLegend(list) {
  const trucks = LOOKS.map((look) => [glyph(look), text(`look.${look}`)]);
  const rings = RINGS.map(([kind, colour, key, values]) => [ring(kind, colour), text(key, values)]);
  list.replaceChildren(...[...trucks, [glyph("moving", true), text("map.hollow")], ...rings].map(([picture, words]) => {
    const item = document.createElement("li");
    item.append(picture, words);
    return item;
  }));
}

function ring(kind, colour) {
  const made = document.createElement("i");
  made.className = `ring ${kind}`;
  made.style.color = `var(${colour})`;
  return made;
}
