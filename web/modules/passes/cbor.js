// Deterministic CBOR (RFC 8949 §4.2.1), as far as passes and lists use it: integers,
// byte and text strings, arrays, maps. Anything else, or written oddly, is refused.
import { refuse } from "./refused.js";

const DEEPEST = 8;
const WIDTHS = { 24: 1, 25: 2, 26: 4, 27: 8 };
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function fromCbor(bytes) {
  const reader = new Reader(bytes);
  const value = reader.item(0);
  if (reader.at !== bytes.length) refuse("claims", "something follows");
  return value;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  item(depth) {
    if (depth > DEEPEST) refuse("claims", "too deep");
    const [major, count] = this.head();
    switch (major) {
      case 0:
        return count;
      case 1:
        return -1 - count;
      case 2:
        return this.take(count);
      case 3:
        return this.text(count);
      case 4:
        return this.array(count, depth);
      case 5:
        return this.map(count, depth);
      default:
        return refuse("claims", `major type ${major}`);
    }
  }

  head() {
    const [first] = this.take(1);
    const info = first & 31;
    if (info < 24) return [first >> 5, info];
    const width = WIDTHS[info] ?? refuse("claims", "indefinite");
    const start = this.at;
    this.take(width);
    const count = this.integer(start, width);
    const least = width === 1 ? 24 : 2 ** (4 * width);
    if (count < least) refuse("claims", "longer than needed");
    return [first >> 5, count];
  }

  integer(start, width) {
    if (width === 1) return this.view.getUint8(start);
    if (width === 2) return this.view.getUint16(start);
    if (width === 4) return this.view.getUint32(start);
    const wide = Number(this.view.getBigUint64(start));
    return Number.isSafeInteger(wide) ? wide : refuse("claims", "too large");
  }

  take(count) {
    if (this.at + count > this.bytes.length) refuse("claims", "cut short");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  text(count) {
    const bytes = this.take(count);
    try {
      return UTF8.decode(bytes);
    } catch {
      return refuse("claims", "no UTF-8");
    }
  }

  array(count, depth) {
    if (count > this.bytes.length) refuse("claims", "cut short");
    const items = [];
    for (let number = 0; number < count; number++) items.push(this.item(depth + 1));
    return items;
  }

  map(count, depth) {
    const found = new Map();
    let before = null;
    for (let number = 0; number < count; number++) {
      const start = this.at;
      const key = this.item(depth + 1);
      const written = this.bytes.subarray(start, this.at);
      if (before && !isBefore(before, written)) refuse("claims", "keys out of order");
      before = written;
      found.set(key, this.item(depth + 1));
    }
    return found;
  }
}

// Shorter first, then by byte: for our keys the orders of RFC 7049 and RFC 8949 agree.
function isBefore(one, other) {
  if (one.length !== other.length) return one.length < other.length;
  const place = one.findIndex((byte, at) => byte !== other[at]);
  return place >= 0 && one[place] < other[place];
}
