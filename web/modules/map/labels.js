// Where plates are written so that no two names lie on each other.
const AWAY = 13;
const HEIGHT = 14;

// Beside the mark, a little higher or lower there, on its other side, above, below, farther off.
const choices = (x, y, width) => [
  [x + AWAY, y + 4],
  [x + AWAY, y - 8],
  [x + AWAY, y + 16],
  [x - AWAY - width, y + 4],
  [x - width / 2, y - AWAY],
  [x - width / 2, y + AWAY + HEIGHT - 3],
  [x + AWAY, y - 22],
  [x + AWAY, y + 40],
];

const boxOf = ([left, base], width) => [left - 2, base - HEIGHT + 2, left + width + 2, base + 3];
const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

// [truck, left, baseline] for each that finds room among `taken`; the first come first,
// and the one that was chosen is always named.
export function placed(found, widthOf, taken, chosen) {
  const boxes = [...taken];
  const names = [];
  const isFirst = ([truck]) => truck.shipment_id === chosen;
  for (const one of [...found.filter(isFirst), ...found.filter((f) => !isFirst(f))]) {
    const [truck, x, y] = one;
    const width = widthOf(truck.plate);
    const offers = choices(x, y, width);
    const free = offers.find((at) => !boxes.some((box) => meets(box, boxOf(at, width))));
    const at = free ?? (isFirst(one) ? offers[0] : null);
    if (!at) continue;
    boxes.push(boxOf(at, width));
    names.push([truck, ...at]);
  }
  return names;
}

// The names of posts and places that the map shows, in pixels of the map.
export function labelsOn(map) {
  const map0 = map.getContainer().getBoundingClientRect();
  return [...map.getContainer().querySelectorAll(".label")].map((element) => {
    const box = element.getBoundingClientRect();
    return [box.left - map0.left, box.top - map0.top, box.right - map0.left, box.bottom - map0.top];
  });
}
