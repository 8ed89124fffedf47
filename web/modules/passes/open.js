// Is this text a pass of a key we trust, and valid now? Needs no network.
import { fromBase45 } from "./base45.js";
import { CLAIM, bytes, integer, list, map, text } from "./claims.js";
import { KIND, hex, openFrame, unpack } from "./envelope.js";
import { Refused, refuse } from "./refused.js";

export const PREFIX = "GC1:";
const LEEWAY = 60;
const LONGEST = 1024;
const LARGEST = 2048;
const SERIALS = 1e6;
const PLATE_KINDS = ["unknown", "blue", "yellow", "green", "white", "black"];

// Resolves to a pass, or to { problem, pass }: a code of docs/passes.md, and the pass
// where the signature holds but the time does not. It never rejects.
export async function openPass(qrText, trust, nowSeconds) {
  try {
    const pass = await opened(qrText, trust);
    const problem = timeProblem(pass, nowSeconds);
    return problem ? { problem, pass } : pass;
  } catch (error) {
    if (error instanceof Refused) return { problem: error.code };
    throw error;
  }
}

// Whether the ID number shown is the one the pass was issued for; null: not told.
export async function idMatches(pass, idNumber) {
  if (!pass.idCheck) return null;
  const number = new Uint8Array(5);
  for (let place = 4, rest = Number(pass.number); place >= 0; place--) {
    number[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  const asked = new TextEncoder().encode(idNumber.trim().toUpperCase());
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.of(...number, ...asked));
  return hex(new Uint8Array(digest)).startsWith(pass.idCheck);
}

async function opened(qrText, trust) {
  if (typeof qrText !== "string" || !qrText.startsWith(PREFIX)) refuse("prefix");
  if (qrText.length > LONGEST) refuse("size");
  const frame = await unpack(fromBase45(qrText.slice(PREFIX.length)), LARGEST);
  const [claims, key] = await openFrame(frame, KIND.pass, (kid) => trust.keys.get(kid));
  const pass = passOf(claims, key);
  if (pass.issuer !== key.issuer || pass.division !== key.division) refuse("issuer");
  if (!maySignAt(key, pass.issuedAt)) refuse("key-window");
  pass.digest = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", frame))).slice(0, 16);
  return pass;
}

function passOf(claims, key) {
  const body = bodyOf(map(claims.get(CLAIM.body)));
  const number = bytes(claims.get(CLAIM.cti), 5, 5).reduce((sum, byte) => sum * 256 + byte, 0);
  const statusIndex = integer(claims.get(CLAIM.index), 0, SERIALS - 1);
  const validFrom = integer(claims.get(CLAIM.nbf));
  const validUntil = integer(claims.get(CLAIM.exp));
  if (number >= SERIALS ** 2 || statusIndex !== number % SERIALS || validFrom >= validUntil) refuse("claims");
  return {
    number: String(number).padStart(12, "0"),
    issuer: text(claims.get(1), 80, 1),
    issuerName: key.name,
    issuerPhone: key.phone,
    validFrom,
    validUntil,
    issuedAt: integer(claims.get(CLAIM.iat)),
    statusIndex,
    division: Math.floor(number / SERIALS),
    kid: key.kid,
    ...body,
  };
}

// Keys that are not known here are left to later versions; they are signed too.
function bodyOf(body) {
  const optional = (key, none) => (body.has(key) ? body.get(key) : none);
  const division = (value) => integer(value, 0, SERIALS - 1);
  return {
    plate: text(body.get(1), 24, 1),
    plateKind: PLATE_KINDS[integer(optional(2, 0), 0, PLATE_KINDS.length - 1)],
    trailer: text(optional(3, ""), 24),
    driver: text(optional(4, ""), 8),
    idCheck: hex(bytes(optional(5, new Uint8Array()), 3)),
    cargo: text(optional(6, ""), 12),
    origin: division(optional(7, 0)),
    destination: division(optional(8, 0)),
    lane: text(optional(9, ""), 64),
    waypoints: list(optional(10, []), division, 6),
    flags: integer(optional(11, 0), 0, 255),
    crewCount: integer(optional(12, 1), 1, 60),
  };
}

function maySignAt(key, time) {
  return key.validFrom - LEEWAY <= time && time < key.validUntil + LEEWAY;
}

function timeProblem(pass, now) {
  if (!(now < pass.validUntil + LEEWAY)) return "expired";
  return now < Math.max(pass.validFrom, pass.issuedAt) - LEEWAY ? "early" : "";
}
