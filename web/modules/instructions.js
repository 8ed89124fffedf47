// Today's instructions of a checkpoint: what stands, a new one, the end of one. Phones have
// them with their next lane sheet; `effect` makes the verdict amber or red.
import { ask, serverNow } from "/modules/client.js";
import { PROVINCES } from "/modules/plates.js";
import { button, by, made } from "/modules/dom.js";
import { clock } from "/modules/format.js";
import { explain } from "/modules/problems.js";
import { text } from "/modules/texts.js";

const HOUR_MS = 3600e3;
const DAY_MS = 24 * HOUR_MS;
const COUNTY_MS = 8 * HOUR_MS;
const END_MS = 60e3;
const COLOURS = { inform: "", check: "warn", turn_back: "bad" };
const ENDS = {
  today: (now) => (Math.floor((now + COUNTY_MS) / DAY_MS) + 1) * DAY_MS - COUNTY_MS,
  hours: (now) => now + 3 * HOUR_MS,
};
let wanted = null;

// A line for each that stands; `reread(position)` after a change.
export function instructionsOf(post, reread) {
  const rows = post.instructions.map((one) => {
    const row = made("div", "place instruction");
    const meant = [(one.plate_provinces.length && text("instruct.plates", { provinces: one.plate_provinces.join(" ") })) || text("instruct.any_plate"), one.cargo.join(" "), one.until_time && text("instruct.till", { time: clock(one.until_time) })];
    const actions = made("div", "actions");
    actions.append(button("instruct.end", () => end(post, one, reread)));
    row.append(made("b", COLOURS[one.effect], text(`instruct.mark.${one.effect}`)), made("span", "", one.text), made("span", "small", meant.filter(Boolean).join(" · ")), actions);
    return row;
  });
  return rows;
}

// `posts` are those that a new one may be for.
export function instruct(post, posts, reread) {
  wanted = { post, posts, reread };
  by("instruct").reset();
  by("instruct").hidden = false;
  by("instruct-problem").hidden = true;
  by("instruct-title").textContent = text("instruct.title", { post: post.name || post.checkpoint });
  by("instruct").scrollIntoView({ block: "nearest" });
  by("instruct-text").focus();
}

export const stopInstructing = () => (by("instruct").hidden = true);

async function post(event) {
  event.preventDefault();
  const asked = typed();
  if (asked.problem) return tell(asked.problem);
  const posts = by("instruct-all").checked ? wanted.posts : [wanted.post];
  await attempt(wanted.reread, async () => {
    let last;
    for (const { checkpoint } of posts) last = await ask(path(checkpoint), asked.body);
    return last;
  });
}

const path = (checkpoint) => `/v1/checkpoints/${encodeURIComponent(checkpoint)}/instructions`;

function typed() {
  const provinces = [...by("instruct-provinces").value.replace(/[\s、，,;；/]/g, "")];
  const strange = provinces.find((sign) => !PROVINCES.includes(sign));
  if (strange) return { problem: text("instruct.strange", { sign: strange }) };
  const told = by("instruct-text").value.trim();
  if (!told) return { problem: text("instruct.empty") };
  const ends = ENDS[by("instruct-until").value]?.(serverNow().getTime());
  return {
    body: {
      text: told,
      effect: by("instruct").elements.effect.value,
      plate_provinces: [...new Set(provinces)],
      cargo: by("instruct-cargo").value.split(/[\s、，,;；]+/).filter(Boolean),
      until_time: ends ? new Date(ends).toISOString() : null,
    },
  };
}

// A new one for the same plates and goods takes the place of the old: it ends in a minute.
const end = (post, { text: told, effect, plate_provinces, cargo }, reread) =>
  attempt(reread, () => {
    const until_time = new Date(serverNow().getTime() + END_MS).toISOString();
    return ask(path(post.checkpoint), { text: told, effect, plate_provinces, cargo, until_time });
  });

async function attempt(reread, send) {
  try {
    const { position } = await send();
    stopInstructing();
    await reread(position);
  } catch (error) {
    tell(explain(error));
  }
}

function tell(problem) {
  const notice = by(by("instruct").hidden ? "notice" : "instruct-problem");
  notice.hidden = false;
  notice.textContent = problem;
}

by("instruct").addEventListener("submit", post);
by("instruct-cancel").addEventListener("click", stopInstructing);
