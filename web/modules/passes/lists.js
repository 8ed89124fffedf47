// The trust list (which key may sign for whom) and status lists (what was revoked).
// Both throw Refused; its `code` is one of docs/passes.md.
import { CLAIM, bytes, integer, list, map, text, versionOf } from "./claims.js";
import { KIND, hex, importKey, inflate, openFrame, unpack } from "./envelope.js";
import { refuse } from "./refused.js";

export const LISTS = "lists";
const LARGEST = 1 << 20;
const ENTRIES = 250_000;
const STATUSES = ["valid", "invalid", "suspended", "suspended"];

// rootKey: { kid, x, y } as GET /v1/trust-root gives it.
export async function openTrustList(packed, rootKey, lastVersion = 0) {
  const root = { key: await importKey(fromBase64Url(rootKey.x), fromBase64Url(rootKey.y)) };
  const frame = await unpack(packed, LARGEST);
  const [claims] = await openFrame(frame, KIND.trustList, (kid) => (kid === rootKey.kid ? root : null));
  const version = versionOf(claims, lastVersion);
  const keys = await Promise.all(list(claims.get(CLAIM.body), trusted));
  return {
    version,
    issuedAt: integer(claims.get(CLAIM.iat)),
    keys: new Map(keys.map((key) => [key.kid, key])),
  };
}

export async function openStatusList(packed, trust, lastVersion = 0) {
  const frame = await unpack(packed, LARGEST);
  const [claims, key] = await openFrame(frame, KIND.statusList, (kid) => trust.keys.get(kid));
  if (key.issuer !== LISTS) refuse("issuer");
  const found = map(claims.get(CLAIM.list));
  if (found.get("bits") !== 2) refuse("claims", "entries of two bits were wanted");
  const subject = /^\/v1\/status-lists\/([0-9]{6})$/.exec(text(claims.get(CLAIM.sub), 100));
  return {
    version: versionOf(claims, lastVersion),
    issuedAt: integer(claims.get(CLAIM.iat)),
    division: subject ? Number(subject[1]) : refuse("claims", "of no division"),
    entries: await inflate(bytes(found.get("lst"), LARGEST), ENTRIES),
  };
}

// "valid", "invalid" or "suspended"; a serial beyond the list was always valid.
export function statusOf(statusList, index) {
  const byte = statusList.entries[index >> 2] ?? 0;
  return STATUSES[(byte >> (2 * (index & 3))) & 3];
}

async function trusted(found) {
  const entry = map(found);
  if (entry.get(1) !== 2 || entry.get(3) !== -7 || entry.get(-1) !== 1) refuse("claims", "a key that is not ES256");
  const told = list(entry.get(CLAIM.body), (value) => value);
  const [issuer, division, validFrom, validUntil, name, phone] = told;
  return {
    kid: hex(bytes(entry.get(2), 8, 8)),
    issuer: text(issuer, 80, 1),
    division: integer(division, 0, 999_999),
    validFrom: integer(validFrom),
    validUntil: integer(validUntil),
    name: text(name, 100),
    phone: text(phone, 40),
    key: await importKey(bytes(entry.get(-2), 32, 32), bytes(entry.get(-3), 32, 32)),
  };
}

function fromBase64Url(value) {
  const plain = atob(value.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
