// How an application begins: empty, or as a copy of one that was made before.
import { blank, copied } from "/modules/apply/body.js";
import * as drafts from "/modules/apply/drafts.js";
import { typed } from "/modules/apply/rules.js";
import { isOwn, store } from "/modules/apply/store.js";
import { ask, serverNow } from "/modules/client.js";

const DAYS = 7;
const DAY_MS = 86_400_000;

export function fresh(more = {}) {
  const { issuers, me } = store;
  return {
    pass_id: `p-${drafts.random(8)}`,
    whose: me.id,
    reference: drafts.random(16),
    contact_time: serverNow().toISOString(),
    is_drafted: false,
    fields: { ...blank(), ...firstWeek(), organisation: me.organisation, issuer: issuers[0]?.code },
    photos: [],
    ...more,
  };
}

// The node knows of it, and this device may not: it was begun on another.
export async function goneOn(one) {
  const { pass_id, issuer, organisation, plate, plate_kind } = one;
  const fields = { ...blank(), issuer, organisation, plate, plate_kind };
  return (await drafts.load(pass_id)) ?? fresh({ pass_id, is_drafted: true, reference: "", fields });
}

export async function copyOf(one, isSwap, links) {
  const whole = await ask(`/v1/applications?pass_id=${encodeURIComponent(one.pass_id)}`);
  const issuer = store.issuers.find((found) => found.code === one.issuer);
  const [application] = whole.applications;
  const persons = await named(application, whole.request);
  const isSealed = !isOwn(application) && Boolean(links.renews || links.replaces) && Boolean(whole.request?.driver);
  const fields = copied({ application, request: whole.request, persons, isSealed }, isSwap, issuer, serverNow());
  const isTaken = isOwn(application) || isSealed;
  const photos = (isTaken && whole.request?.documents || []).filter(({ kind }) => !isSwap || kind !== "vehicle_licence");
  return fresh({ fields, photos: photos.map(({ kind, hash }) => ({ kind, hash, is_kept: true })), ...links });
}

// A firm reads its own people again, on the record; who applies for others takes them over
// unseen, or types them.
async function named(application, request) {
  if (!isOwn(application) || !request?.driver) return [];
  const path = `/v1/passes/${encodeURIComponent(application.pass_id)}/persons?purpose=renewal`;
  const { persons } = await ask(path);
  return persons.filter((person) => person.state === "readable");
}

// From now on, for a week or as long as the issuer's passes last.
function firstWeek() {
  const start = serverNow();
  const days = Math.min(DAYS, store.issuers[0]?.validity_days ?? DAYS);
  return { valid_from: typed(start), valid_until: typed(start.getTime() + days * DAY_MS) };
}
