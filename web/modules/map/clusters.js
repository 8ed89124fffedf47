// Marks that would lie on each other from afar, gathered where they are.

// Groups of what is nearer than `away` pixels to the first of its group.
export function gathered(marks, away) {
  const groups = [];
  for (const mark of marks) {
    const isNear = ({ x, y }) => Math.hypot(x - mark.x, y - mark.y) < away;
    const group = groups.find(([first]) => isNear(first));
    if (group) group.push(mark);
    else groups.push([mark]);
  }
  return groups;
}

export const middleOf = (group) => ({
  lat: group.reduce((sum, { lat }) => sum + lat, 0) / group.length,
  lon: group.reduce((sum, { lon }) => sum + lon, 0) / group.length,
});

// Marks so that each is seen: what lies on another is moved beside it, a few times.
const TURNS = 3;

export function spread(marks, away) {
  const free = [];
  for (const [mark, x0, y] of marks) {
    const isFree = (x) => !free.some(([, u, v]) => Math.abs(u - x) < away && Math.abs(v - y) < away);
    const tried = Array.from({ length: TURNS + 1 }, (_, i) => x0 + i * away);
    free.push([mark, tried.find(isFree) ?? x0, y]);
  }
  return free;
}

// What became of those that are served on this day: the worst of it gives the colour.
const WORST = ["refused", "short", "not_visited", "late", "delivered"];

export function tallied(group) {
  const states = group.map(({ state }) => state).filter(Boolean);
  return {
    all: states.length || group.length,
    done: states.length ? states.filter((state) => !["not_visited", "refused"].includes(state)).length : null,
    worst: WORST.find((state) => states.includes(state)),
  };
}
