// What the form holds as the node takes it, and a submitted application back as fields.
import { crewCount, isHeavy, moment, normalPlate, typed } from "/modules/apply/rules.js";

const NUMBERS = ["gross_mass_kg", "rated_load_kg", "load_kg", "seats"];
const TEXTS = ["vehicle_type", "owner_kind", "owner", "road_transport_permit", "goods", "lane", "plate_kind"];
const ON_VEHICLE = ["plate", "trailer", "vehicle_type", "owner_kind", "owner", ...NUMBERS, "inspection_valid_until", "road_transport_permit"];
const DAY_MS = 86_400_000;

export const blank = () => ({ plate_kind: "blue", owner_kind: "organisation", goods_category: "fresh", crew: [] });

export function draftBody(draft, me) {
  const { fields } = draft;
  const body = {
    pass_id: draft.pass_id,
    organisation: fields.organisation,
    issuer: fields.issuer,
    plate: normalPlate(fields.plate),
    plate_kind: fields.plate_kind,
    first_contact_time: draft.contact_time,
    replaces: draft.replaces ?? "",
    renews: draft.renews ?? "",
    reference: draft.reference,
  };
  if (!me.roles.includes("firm")) body.on_behalf_of = fields.organisation;
  return body;
}

export function requestBody(fields, documents) {
  const body = { plate: normalPlate(fields.plate), crew_count: crewCount(fields), declaration: Boolean(fields.declaration) };
  for (const name of TEXTS) if (fields[name]) body[name] = fields[name];
  for (const name of NUMBERS) if (fields[name]) body[name] = Number(fields[name]);
  if (fields.trailer) body.trailer = normalPlate(fields.trailer);
  if (fields.goods_category) body.goods_category = fields.goods_category;
  if (fields.inspection_valid_until) body.inspection_valid_until = fields.inspection_valid_until;
  if (!isHeavy(body.gross_mass_kg)) delete body.road_transport_permit;
  body.valid_from = local(fields.valid_from);
  body.valid_until = local(fields.valid_until);
  if (fields.has_return && fields.return_from) body.return_from = local(fields.return_from);
  if (fields.has_return && fields.return_until) body.return_until = local(fields.return_until);
  Object.assign(body, fields.is_sealed ? { same_persons: true } : people(fields));
  if (documents.length) body.documents = documents;
  return body;
}

function people(fields) {
  const driver = { ...person(fields, "driver."), licence_class: (fields["driver.licence_class"] ?? "").toUpperCase() };
  return { driver, crew: fields.crew.map((one) => person(one, "")) };
}

// The fields of an application like `application`: with `isSwap` for another vehicle. The
// people are those of `persons` where the sender may read them, else sealed as they are.
export function copied({ application, request, persons, isSealed }, isSwap, issuer, now) {
  const fields = { ...blank(), issuer: application.issuer, organisation: application.organisation };
  const names = [...TEXTS, ...NUMBERS, "plate", "trailer", "goods_category", "inspection_valid_until"];
  for (const name of names) if (request?.[name]) fields[name] = String(request[name]);
  const length = Math.min(moment(typed(application.valid_until)) - moment(typed(application.valid_from)), (issuer?.validity_days ?? 366) * DAY_MS);
  const ends = new Date(application.valid_until);
  const start = isSwap || ends < now ? now : ends;
  fields.valid_from = typed(start);
  fields.valid_until = isSwap && ends > now ? typed(ends) : typed(start.getTime() + length);
  fields["driver.licence_class"] = request?.licence_class ?? "";
  for (const person of persons) named(fields, person);
  if (isSealed) Object.assign(fields, { is_sealed: true, is_owner_sealed: Boolean(request.owner_person) && !isSwap, crew_count: request.crew_count });
  if (isSwap) for (const name of ON_VEHICLE) delete fields[name];
  if (isSwap) fields.owner_kind = "organisation";
  return fields;
}

function named(fields, { part, name, phone, id_number: number }) {
  if (part === "crew") fields.crew.push({ name, phone, id_number: number });
  else if (part === "owner") fields.owner = name;
  else Object.assign(fields, { "driver.name": name, "driver.phone": phone, "driver.id_number": number });
}

const local = (time) => `${time}${time.length > 16 ? "" : ":00"}+08:00`;

function person(from, prefix) {
  const get = (name) => (from[prefix + name] ?? "").trim();
  return { name: get("name"), phone: get("phone"), id_number: get("id_number").normalize("NFKC").replace(/\s+/g, "").toUpperCase() };
}
