// COSE_Sign1 under ES256 in the one shape that is accepted. What nobody has signed is
// never decoded: the frame is compared and cut byte by byte (see docs/passes.md).
import { fromCbor } from "./cbor.js";
import { Refused, refuse } from "./refused.js";

export const KIND = {
  pass: "",
  trustList: "application/greenchannel-keys+cwt",
  statusList: "application/statuslist+cwt",
  laneSheet: "application/greenchannel-sheet+cwt",
};
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const ES256 = { name: "ECDSA", hash: "SHA-256" };
const SLICE = 1024;
const WIDTHS = { 24: 1, 25: 2, 26: 4 };
const utf8 = (text) => new TextEncoder().encode(text);

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const importKey = (x, y) =>
  crypto.subtle
    .importKey("raw", Uint8Array.from([4, ...x, ...y]), P256, true, ["verify"])
    .catch(() => refuse("claims", "a key that is not on its curve"));

// find(kid in hex) gives an entry with a `key`, or nothing. Resolves to [claims, entry].
export async function openFrame(frame, kind, find) {
  const [protectedHeader, payload, signature] = cut(frame);
  const entry = find(kidOf(protectedHeader, kind)) ?? refuse("kid");
  const signed = toBeSigned(protectedHeader, payload);
  if (!(await crypto.subtle.verify(ES256, entry.key, signature, signed))) refuse("signature");
  const claims = fromCbor(payload);
  if (!(claims instanceof Map)) refuse("claims", "no map");
  return [claims, entry];
}

// The frame itself, or what its zlib form holds: never more than `largest` bytes.
export async function unpack(packed, largest) {
  if (packed[0] !== 0xd2 && packed[0] !== 0x78) refuse("envelope", "neither COSE_Sign1 nor zlib");
  const frame = packed[0] === 0xd2 ? packed : await inflate(packed, largest);
  return frame.length > largest ? refuse("size") : frame;
}

export async function inflate(packed, largest) {
  const reader = slices(packed).pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  let size = 0;
  try {
    for (let part; !(part = await reader.read()).done; ) {
      size += part.value.length;
      if (size > largest) refuse("size");
      parts.push(part.value);
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error instanceof Refused ? error : new Refused("zlib");
  }
  return joined(parts);
}

// A browser inflates each piece whole before we can stop it: so the pieces are small.
function slices(bytes) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + SLICE));
      else controller.close();
      at += SLICE;
    },
  });
}

function cut(frame) {
  if (frame[0] !== 0xd2 || frame[1] !== 0x84) refuse("envelope", "no tagged COSE_Sign1");
  const [protectedHeader, first] = byteString(frame, 2);
  if (frame[first] !== 0xa0) refuse("envelope", "the unprotected header is not empty");
  const [payload, second] = byteString(frame, first + 1);
  const [signature, end] = byteString(frame, second);
  if (end !== frame.length || signature.length !== 64) refuse("envelope", "it does not end with its signature");
  return [protectedHeader, payload, signature];
}

function byteString(frame, at) {
  const info = (frame[at] ?? 0) & 31;
  const width = WIDTHS[info] ?? 0;
  let size = info;
  if (width) size = frame.subarray(at + 1, at + 1 + width).reduce((sum, byte) => sum * 256 + byte, 0);
  const start = at + 1 + width;
  const isShortest = equal(frame.subarray(at, start), headOf(2, size));
  if (!isShortest || start + size > frame.length) refuse("envelope", "no byte string");
  return [frame.subarray(start, start + size), start + size];
}

function kidOf(protectedHeader, kind) {
  const kid = protectedHeader.subarray(5, 13);
  const wanted = headerOf(kid, kind);
  if (kid.length === 8 && equal(protectedHeader, wanted)) return hex(kid);
  const isOtherAlg = protectedHeader[0] === wanted[0] && protectedHeader[1] === 1 && protectedHeader[2] !== 0x26;
  return isOtherAlg ? refuse("alg") : refuse("envelope", "not the header of this kind");
}

function headerOf(kid, kind) {
  const typ = utf8(kind);
  const tail = kind ? [0x10, ...headOf(3, typ.length), ...typ] : [];
  return Uint8Array.from([kind ? 0xa3 : 0xa2, 1, 0x26, 4, ...headOf(2, kid.length), ...kid, ...tail]);
}

function headOf(major, size) {
  const first = major << 5;
  if (size < 24) return Uint8Array.of(first | size);
  if (size < 0x100) return Uint8Array.of(first | 24, size);
  if (size < 0x10000) return Uint8Array.of(first | 25, size >> 8, size & 255);
  return Uint8Array.of(first | 26, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255);
}

function toBeSigned(protectedHeader, payload) {
  const context = Uint8Array.of(0x84, 0x6a, ...utf8("Signature1"));
  const none = Uint8Array.of(0x40);
  const heads = [headOf(2, protectedHeader.length), headOf(2, payload.length)];
  return joined([context, heads[0], protectedHeader, none, heads[1], payload]);
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
