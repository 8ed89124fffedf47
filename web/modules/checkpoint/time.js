// The server's time on a phone whose clock may be anything: 1970, 2090, ten minutes off.
const SECOND = 1000;
const TOLERATED_MS = 600 * SECOND;
const PLAUSIBLE_MS = 14 * 24 * 3600 * SECOND;

export class Clock {
  // `kept`: {skewMs: phone less server, latestMs: the latest server time ever heard}.
  constructor(kept) {
    this.skewMs = kept?.skewMs ?? null;
    this.latestMs = kept?.latestMs ?? 0;
  }

  // The `now` of an answer, which was true between sending and receiving.
  heard(now, sentMs, receivedMs) {
    const server = Date.parse(now);
    if (Number.isNaN(server)) return;
    this.skewMs = Math.round((sentMs + receivedMs) / 2 - server);
    this.latestMs = Math.max(this.latestMs, server);
  }

  // A signed list was made at this time, so it is no earlier now.
  atLeast(ms) {
    this.latestMs = Math.max(this.latestMs, ms);
  }

  nowMs() {
    return Date.now() - (this.skewMs ?? 0);
  }

  now() {
    return this.nowMs() / SECOND;
  }

  // Before what was already heard, or two weeks beyond: nothing may rest on such a time.
  isSure() {
    const beyond = this.nowMs() - this.latestMs;
    return this.latestMs === 0 || (beyond > -TOLERATED_MS && beyond < PLAUSIBLE_MS);
  }

  kept() {
    return { skewMs: this.skewMs, latestMs: this.latestMs };
  }
}

// UUIDv7 by the phone's clock; crypto.randomUUID makes no version 7.
export function uuid7(ms = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(Math.max(0, ms) / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
