// Claims by number, checked for type and bounds: what is missing or odd is refused.
import { refuse } from "./refused.js";

export const CLAIM = { sub: 2, exp: 4, nbf: 5, iat: 6, cti: 7, index: 65535, body: -65537, version: -65538, list: 65533 };
const LATEST = 2 ** 40;

export function integer(value, least = 0, most = LATEST) {
  const isRight = Number.isSafeInteger(value) && least <= value && value <= most;
  return isRight ? value : refuse("claims", "an integer out of bounds");
}

export function text(value, longest, least = 0) {
  const isRight = typeof value === "string" && value.length >= least && [...value].length <= longest;
  return isRight ? value : refuse("claims", "a text of another length");
}

export function bytes(value, longest, least = 0) {
  const isRight = value instanceof Uint8Array && value.length >= least && value.length <= longest;
  return isRight ? value : refuse("claims", "bytes of another length");
}

export function list(value, each, longest = Infinity) {
  return Array.isArray(value) && value.length <= longest ? value.map(each) : refuse("claims", "no list");
}

export const map = (value) => (value instanceof Map ? value : refuse("claims", "no map"));

// A version never goes back: who offers an older list than one seen is refused.
export function versionOf(claims, lastVersion) {
  const version = integer(claims.get(CLAIM.version), 0, Number.MAX_SAFE_INTEGER);
  return version < lastVersion ? refuse("rollback", `${version} after ${lastVersion}`) : version;
}
