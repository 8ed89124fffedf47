// Facts leave the phone in batches; each goes only when the node has said that it has it.
import * as store from "/modules/checkpoint/store.js";

const MOST = 1000;
const MOST_BYTES = 900_000;
const PATHS = {
  scan: () => "/v1/scans",
  disinfection: () => "/v1/disinfections",
  wait: () => "/v1/waits",
  handover: (fact) => `/v1/checkpoints/${encodeURIComponent(fact.body.checkpoint)}/shift-handovers`,
};
export const pathOf = (fact) => PATHS[fact.kind](fact);
const ENDED = { "access-revoked": "revoked" };

// `state` is what the page shows: online, offline, signed_out, revoked, busy (the node's).
export class Sync {
  constructor(clock, changed) {
    this.clock = clock;
    this.changed = changed;
    this.state = "unknown";
    this.flushing = null;
  }

  flush() {
    this.flushing ??= this.alone().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  async alone() {
    if (!navigator.locks) return this.sendAll();
    return navigator.locks.request("greenchannel-flush", { ifAvailable: true }, (lock) => lock && this.sendAll());
  }

  async sendAll() {
    for (;;) {
      const waiting = await store.ready();
      if (!waiting.length) return;
      if (!(await this.send(batchOf(waiting)))) return;
    }
  }

  // Whether the node took the batch, so that the next may follow.
  async send(batch) {
    const path = pathOf(batch[0]);
    const answer = await this.ask("POST", path, batch.map((fact) => this.body(fact)));
    if (!answer) return false;
    const items = answer.items;
    const taken = batch.filter((_, i) => items[i] && !items[i].problem);
    const refused = batch.flatMap((fact, i) => (isFinal(items[i]?.problem) ? [[fact.fact_id, items[i].problem.code]] : []));
    await store.remove(taken.map((fact) => fact.fact_id));
    await store.refuse(refused);
    this.changed();
    return taken.length + refused.length === batch.length;
  }

  // Straight to the node, for a fact that the phone could not store.
  async sendNow(fact) {
    const answer = await this.ask("POST", pathOf(fact), [this.body(fact)]);
    return Boolean(answer && !answer.items[0].problem);
  }

  // A scan is told as the phone's clock had it, with the skew; others in the node's time.
  body(fact) {
    const skewMs = fact.skewMs ?? this.clock.skewMs;
    const { atMs, fact_id } = fact;
    const { checkpoint, ...rest } = fact.body;
    const body = fact.kind === "handover" ? rest : fact.body;
    if (fact.kind !== "scan") return { fact_id, event_time: iso(atMs - (skewMs ?? 0)), ...body };
    return { fact_id, event_time: iso(atMs), skew_seconds: (skewMs ?? 0) / 1000, ...body };
  }

  // The JSON of an answer, or null; what it means for the page is in `state`.
  async ask(method, path, body) {
    const sentMs = Date.now();
    let answer;
    try {
      answer = await fetch(path, {
        method,
        headers: { "Content-Type": "application/json", "X-Greenchannel": "1" },
        body: body && JSON.stringify(body),
      });
    } catch {
      this.become("offline");
      return null;
    }
    const told = await answer.json().catch(() => ({}));
    if (told.now) this.clock.heard(told.now, sentMs, Date.now());
    if (answer.ok) {
      this.become("online");
      return told;
    }
    this.become(answer.status === 401 ? (ENDED[told.code] ?? "signed_out") : answer.status === 403 ? "revoked" : "busy");
    return null;
  }

  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.changed();
  }
}

function batchOf(waiting) {
  const first = waiting[0];
  const batch = [];
  let bytes = 0;
  for (const fact of waiting) {
    if (fact.kind !== first.kind || fact.body.checkpoint !== first.body.checkpoint) continue;
    bytes += JSON.stringify(fact).length * 3;
    if (batch.length === MOST || (batch.length && bytes > MOST_BYTES)) break;
    batch.push(fact);
  }
  return batch;
}

const isFinal = (problem) => problem && problem.status < 500 && problem.status !== 429;
const iso = (ms) => new Date(ms).toISOString();
