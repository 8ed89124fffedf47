// The signed lists on the phone: kept as they came, opened anew at every start, and never
// older than one that was held.
import { openStatusList, openTrustList, statusOf } from "/modules/passes/lists.js";
import { openPass } from "/modules/passes/open.js";
import { openSheet } from "/modules/passes/sheet.js";
import * as store from "/modules/checkpoint/store.js";

const PREFIX = "prefix";
const TIMES = ["early", "expired"];
const MOST = 16;
const PATHS = {
  trust: () => "/v1/trust-list",
  status: (division) => `/v1/status-lists/${String(division).padStart(6, "0")}`,
  sheet: (checkpoint) => `/v1/lane-sheets/${encodeURIComponent(checkpoint)}`,
};

export class Lists {
  constructor(clock) {
    this.clock = clock;
    this.root = null;
    this.trust = null;
    this.sheet = null;
    this.statuses = new Map();
    this.confirmed = {};
  }

  async load(device) {
    this.root = (await store.get("root")) ?? null;
    if (!this.root) return;
    await this.reopen("trust", "trust", (bytes, last) => this.take("trust", bytes, last));
    if (!this.trust) return;
    await this.reopen("sheet", "sheet", (bytes, last) => this.take("sheet", bytes, last, device));
    for (const division of (await store.get("divisions")) ?? []) {
      await this.reopen(`status-${division}`, "status", (bytes, last) => this.take("status", bytes, last));
    }
  }

  async reopen(name, kind, open) {
    const held = await store.get(`list-${name}`);
    if (!held) return;
    this.confirmed[name] = held.confirmed;
    await open(held.bytes, 0).catch(() => store.put(`list-${name}`, null));
  }

  // The root is taken once, when the phone is enrolled, and kept.
  async refresh(device) {
    if (!this.root) {
      this.root = await json("/v1/trust-root");
      if (!this.root) return;
      await store.put("root", this.root);
    }
    await this.fetch("trust", PATHS.trust(), (bytes, last) => this.take("trust", bytes, last), this.trust);
    if (!this.trust) return;
    await this.fetch("sheet", PATHS.sheet(device.checkpoint), (bytes, last) => this.take("sheet", bytes, last, device), this.sheet);
    const divisions = [...new Set([...this.trust.keys.values()].map((key) => key.division).filter(Boolean))];
    await store.put("divisions", divisions);
    for (const division of divisions) {
      await this.fetch(`status-${division}`, PATHS.status(division), (bytes, last) => this.take("status", bytes, last), this.statuses.get(division));
    }
  }

  // A list that does not verify, or goes back, leaves the held one in its place.
  async fetch(name, path, open, held) {
    const before = await store.get(`list-${name}`);
    const headers = held && before?.etag ? { "If-None-Match": before.etag } : {};
    try {
      const answer = await fetch(path, { headers, cache: "no-store" });
      if (answer.status !== 304 && !answer.ok) return;
      const confirmed = this.clock.now();
      const fresh = answer.status === 304 ? before : { bytes: new Uint8Array(await answer.arrayBuffer()), etag: answer.headers.get("ETag") };
      if (fresh !== before) await open(fresh.bytes, held?.version ?? 0);
      this.confirmed[name] = confirmed;
      await store.put(`list-${name}`, { ...fresh, confirmed });
    } catch (error) {
      console.warn(name, error);
    }
  }

  async take(kind, bytes, last, device) {
    if (kind === "trust") this.trust = await openTrustList(bytes, this.root, last);
    if (kind === "sheet") this.sheet = forPost(await openSheet(bytes, this.trust, last), device);
    if (kind === "status") {
      const list = await openStatusList(bytes, this.trust, last);
      this.statuses.set(list.division, list);
    }
    const issued = { trust: this.trust, sheet: this.sheet }[kind]?.issuedAt ?? 0;
    this.clock.atLeast(issued * 1000);
  }

  // A code as the verdict wants it: {pass} or {problem}.
  async open(code) {
    if (!this.trust) return { problem: code.startsWith("GC1:") ? "no_lists" : "unreadable" };
    const opened = await openPass(code, this.trust, this.clock.now());
    if (!opened.problem) return { pass: opened };
    if (TIMES.includes(opened.problem)) return { pass: opened.pass };
    if (opened.problem === PREFIX) return { problem: "unreadable" };
    const isNewer = opened.problem === "kid" && this.age("trust", this.trust) > 24 * 3600;
    return { problem: isNewer ? "unknown_key" : "bad_signature" };
  }

  // What a verdict on this pass may rest on.
  async known(pass) {
    const list = pass && this.statuses.get(pass.division);
    const ages = [this.age("trust", this.trust), this.age(`status-${pass?.division}`, list)];
    return {
      sheet: this.sheet,
      sheetTime: this.sheet?.issuedAt ?? null,
      status: list ? statusOf(list, pass.statusIndex) : null,
      listsTime: pass && list ? this.clock.now() - Math.max(...ages) : null,
    };
  }

  // Signed when it last changed, and confirmed whenever the node answers.
  age(name, list) {
    if (!list) return Infinity;
    return this.clock.now() - Math.max(list.issuedAt, this.confirmed[name] ?? 0);
  }

  sheetAge(now) {
    return this.sheet ? now - this.sheet.issuedAt : null;
  }

  versions() {
    const statuses = [...this.statuses.values()].map((list) => [`status-${list.division}`, list.version]);
    const held = [["trust", this.trust?.version], ["sheet", this.sheet?.version], ...statuses];
    return Object.fromEntries(held.filter(([, version]) => version !== undefined).slice(0, MOST));
  }
}

function forPost(sheet, device) {
  if (sheet.checkpoint !== device.checkpoint) throw new Error("a sheet of another checkpoint");
  return sheet;
}

async function json(path) {
  try {
    const answer = await fetch(path, { cache: "no-store" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
