// One application whole: what the rules say, its fields, its papers beside them.
import { check, typed } from "/modules/apply/rules.js";
import { clocks } from "/modules/clocks.js";
import { serverNow } from "/modules/client.js";
import { button, made } from "/modules/dom.js";
import { clock, number, span } from "/modules/format.js";
import { papersOf } from "/modules/desk/papers.js";
import { peopleOf } from "/modules/desk/people.js";
import { firmName } from "/modules/names.js";
import { box, part, plain, redraw } from "/modules/redraw.js";
import { listing, saying, text, word } from "/modules/texts.js";

const PLAIN = ["vehicle_type", "trailer", "owner", "seats", "road_transport_permit", "goods"];

// `gone` is the plate that somebody else has just decided; `isLast`: nothing else waits.
export function drawDetail(root, { one, gone, isLast, ...known }, acts) {
  if (one) return redraw(root, [box(one.pass_id, made("div"), partsOf(one, known, acts))]);
  if (gone) return redraw(root, [part("gone", [gone, isLast], () => taken(gone, isLast, acts))]);
  return redraw(root, [plain("none", made("p", "empty", text("desk.choose")))]);
}

function taken(plate, isLast, acts) {
  const found = made("div", "empty");
  const next = button("desk.open_next", acts.next);
  next.append(" ", made("kbd", "", "J"));
  found.append(button("desk.back", acts.back, "back"), made("p", "", text("desk.gone", { plate })), ...(isLast ? [] : [next]));
  return found;
}

function partsOf(one, { request, old, issuer, lanes, isOwn }, acts) {
  const title = head(one);
  const top = [
    part("head", title.outerHTML, () => {
      title.prepend(button("desk.back", acts.back, "back"));
      return title;
    }),
    plain("clocks", clocks(one)),
  ];
  if (!request) return [...top, plain("loading", made("p", "empty", text("loading")))];
  const facts = [
    plain("findings", findings(one, request, issuer, lanes, isOwn)),
    plain("fields", fields(one, request, old, issuer, lanes)),
    ...peopleOf(one, request, acts),
  ];
  const papers = box("papers", made("div", "papers"), papersOf(request, acts));
  return [...top, box("body", made("div", request.documents?.length ? "sides" : ""), [box("facts", made("div", "facts"), facts), papers])];
}

function head(one) {
  const found = made("div", "head");
  found.append(
    made("b", `plate big ${one.plate_kind}`, one.plate),
    made("span", one.is_paused ? "warn" : "", word("pass", one.status)),
    made("span", "small", one.on_behalf_of ? text("desk.for", { organisation: firmName(one.organisation) }) : firmName(one.organisation)),
  );
  if (one.replaces) found.append(made("span", "mark", text("apply.swap_mark")));
  if (one.renews) found.append(made("span", "mark", text("apply.renew")));
  return found;
}

// What a clerk would look at first; nothing here decides.
function findings(one, request, issuer, lanes, isOwn) {
  const lines = [];
  if (isOwn) lines.push(["bad", text("desk.own")]);
  if (one.missing.length) lines.push(["warn", text("apply.missing", { what: listing(one.missing) })]);
  if (!one.missing.length && one.note) lines.push(["good", text("desk.told", { note: one.note })]);
  for (const { field, code, values } of problemsOf(request, issuer, lanes)) {
    lines.push(["warn", saying(label(field), text(`rule.${code}`, values))]);
  }
  const absent = absentPapers(request);
  if (absent.length) lines.push(["warn", text("desk.no_paper", { what: listing(absent.map((kind) => word("document", kind))) })]);
  if (!lines.some(([colour]) => colour !== "good")) lines.push(["good", text("desk.all_right")]);
  const list = made("ul", "findings");
  list.append(...lines.map(([colour, said]) => made("li", colour, said)));
  return list;
}

export function problemsOf(request, issuer, lanes) {
  const told = Object.entries(request).map(([name, value]) => [name, value === 0 ? "" : value]);
  const fields = {
    ...Object.fromEntries(told),
    is_sealed: true,
    is_owner_sealed: Boolean(request.owner_person),
    valid_from: typed(request.valid_from),
    valid_until: typed(request.valid_until),
    has_return: Boolean(request.return_from || request.return_until),
    return_from: request.return_from && typed(request.return_from),
    return_until: request.return_until && typed(request.return_until),
  };
  return check(fields, { issuer, now: serverNow(), lanes });
}

function absentPapers(request) {
  const there = new Set((request.documents ?? []).map((document) => document.kind));
  const wanted = ["driving_licence", "vehicle_licence", ...(request.crew_count > 1 ? ["crew_id"] : [])];
  return wanted.filter((kind) => !there.has(kind));
}

function fields(one, request, old, issuer, lanes) {
  const lane = lanes.find((found) => found.code === request.lane);
  const rows = [
    ...PLAIN.map((name) => [name, request[name]]),
    ["goods_category", request.goods_category && word("goods", request.goods_category)],
    ["gross_mass_kg", kg(request.gross_mass_kg)],
    ["rated_load_kg", kg(request.rated_load_kg)],
    ["load_kg", kg(request.load_kg)],
    ["inspection_valid_until", request.inspection_valid_until],
    ["crew_count", request.crew_count],
    ["person.licence_class", request.licence_class],
    ["lane", lane ? lane.name : request.lane],
    ["window", `${clock(request.valid_from)} – ${clock(request.valid_until)}`],
    ["return", request.return_from && `${clock(request.return_from)} – ${clock(request.return_until)}`],
    ["issuer", issuer?.name ?? one.issuer],
  ];
  if (old) rows.unshift([one.replaces ? "replaces" : "renews", [old.plate, old.number, word("pass", old.status)].filter(Boolean).join(" · ")]);
  const list = made("dl", "fields");
  for (const [name, value] of rows) {
    if (value === undefined || value === null || value === "" || value === 0) continue;
    const pair = made("div");
    pair.append(made("dt", "", label(name)), made("dd", "", String(value)));
    list.append(pair);
  }
  return list;
}

const kg = (value) => value && number(value);
const label = (name) => text(`field.${name.replace(/^(crew\.\d+|driver)\./, "person.")}`);

export const spoken = (one) => text("desk.spoken", { plate: one.plate, span: span(Math.abs(one.left_minutes)) });
