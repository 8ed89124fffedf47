// Links to the other pages that somebody's roles open: where one is, the heading says.
import { ask } from "/modules/client.js";
import { by, made } from "/modules/dom.js";
import { text } from "/modules/texts.js";

// Under this name a browser keeps who signed in last: another page hears of the next.
export const SIGNED_IN = "greenchannel.access";
const STAFF = ["reviewer", "liaison", "coordinator", "admin"];
const PAGES = [
  ["/", "county", STAFF],
  ["/map", "map", STAFF],
  ["/desk", "desk", ["reviewer", "admin"]],
  ["/apply", "apply", ["firm", "liaison", "coordinator", "admin"]],
  ["/report", "report", STAFF],
  ["/places", "places", ["coordinator", "admin"]],
  ["/phones", "phones", ["coordinator", "admin"]],
  ["/checkpoint", "checkpoint", ["checkpoint"]],
];
const HOME = [["coordinator", "/"], ["admin", "/"], ["reviewer", "/desk"], ["firm", "/apply"], ["checkpoint", "/checkpoint"]];

export const home = (roles) => HOME.find(([role]) => roles.includes(role))?.[1] ?? "/";

// Who is signed in, or null; the links are drawn for them.
export async function signedIn() {
  const me = await ask("/v1/session").catch(() => null);
  drawLinks(me);
  return me;
}

export function drawLinks(me) {
  const isOpen = ([path, , roles]) => path !== location.pathname && roles.some((role) => me?.roles.includes(role));
  by("links").replaceChildren(
    ...PAGES.filter(isOpen).map(([path, name]) => made("a", "", text(`nav.${name}`), { href: path })),
  );
  by("links").ariaLabel = text("nav.pages");
}
