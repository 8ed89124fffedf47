// Links to the pages that somebody's roles open; the current page is marked.
import { ask } from "/modules/client.js";
import { by, made } from "/modules/dom.js";
import { text } from "/modules/texts.js";

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

// Who is signed in, or null; the links are drawn for them. `offline` tells who it was when
// the node is out of reach.
export async function signedIn(offline = () => null) {
  const me = await ask("/v1/session").catch((error) => (error.code === "offline" ? offline() : null));
  drawLinks(me);
  return me;
}

export function drawLinks(me) {
  const shown = me ? PAGES.filter(([, , roles]) => roles.some((role) => me.roles.includes(role))) : [];
  by("links").replaceChildren(
    ...(shown.length > 1 ? shown : []).map(([path, name]) => {
      const link = made("a", "", text(`nav.${name}`), { href: path });
      if (path === location.pathname) link.ariaCurrent = "page";
      return link;
    }),
  );
  by("links").ariaLabel = text("nav.pages");
}
