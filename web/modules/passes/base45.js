// RFC 9285: the alphabet of a QR code's alphanumeric mode.
import { refuse } from "./refused.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

export function fromBase45(text) {
  if (text.length % 3 === 1) refuse("base45");
  const bytes = new Uint8Array(Math.floor((text.length * 2) / 3));
  let at = 0;
  for (let start = 0; start < text.length; start += 3) {
    const size = Math.min(3, text.length - start);
    let value = 0;
    for (let place = size - 1; place >= 0; place--) {
      value = value * 45 + (VALUES.get(text[start + place]) ?? refuse("base45"));
    }
    if (value > (size === 3 ? 0xffff : 0xff)) refuse("base45");
    if (size === 3) bytes[at++] = value >> 8;
    bytes[at++] = value & 255;
  }
  return bytes;
}
