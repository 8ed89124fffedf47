// Draws again and leaves alone what says the same: who is in the midst of a page that asks
// every few seconds keeps focus, selection and place.
import { language } from "/modules/texts.js";

const drawn = new WeakMap();

// Known by its name among its neighbours, and made anew when its facts are others: what it
// shows, and what its buttons act on, may hang on nothing else.
export const part = (name, facts, make) => ({ name, facts: JSON.stringify([facts, language()]), make });

// Without listeners, how it looks is all there is to know.
export const plain = (name, element) => ({ name, facts: element.outerHTML, make: () => element });

// Shows nothing itself; `parts` are drawn into it.
export const box = (name, element, parts) => ({ ...plain(name, element), parts });

export function redraw(root, parts) {
  const held = heldIn(root);
  place(root, parts);
  if (held && document.activeElement !== held.element) giveBack(root, held);
}

function place(root, parts) {
  const before = new Map([...root.children].map((element) => [drawn.get(element)?.name, element]));
  const wanted = parts.map((one) => keptOf(before, one) ?? made(one));
  const isWanted = new Set(wanted);
  for (const node of [...root.childNodes]) if (!isWanted.has(node)) node.remove();
  let next = root.firstChild;
  for (const element of wanted) {
    if (element === next) next = next.nextSibling;
    else root.insertBefore(element, next);
  }
  parts.forEach((one, i) => one.parts && place(wanted[i], one.parts));
}

function keptOf(before, { name, facts }) {
  const found = before.get(name);
  if (!found || drawn.get(found).facts !== facts) return null;
  before.delete(name);
  return found;
}

function made({ name, facts, make }) {
  const element = make();
  drawn.set(element, { name, facts });
  return element;
}

function heldIn(root) {
  const element = document.activeElement;
  if (element === root || !root.contains(element)) return null;
  const path = [];
  for (let one = element; one !== root; one = one.parentElement) {
    if (drawn.has(one)) path.unshift(drawn.get(one).name);
  }
  return { element, path };
}

// To the same control of the same part; where that is gone, to what is left around it, and
// never to a control that does something else.
function giveBack(root, { element, path }) {
  if (element.isConnected) return element.focus({ preventScroll: true });
  let around = root;
  const isThere = path.every((name) => {
    const inner = [...around.children].find((one) => drawn.get(one)?.name === name);
    around = inner ?? around;
    return inner;
  });
  const { act } = element.dataset;
  const same = isThere && act && around.querySelector(`[data-act="${act}"]:enabled`);
  const target = same || around;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
