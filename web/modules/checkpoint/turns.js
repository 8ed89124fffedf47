// One truck after the other: seen, judged, decided, recorded; and five seconds to undo.
import { UNDO_MS } from "/modules/checkpoint/store.js";
import { uuid7 } from "/modules/checkpoint/time.js";

export const GREEN_MS = 8000;

export class Turns {
  // `judge(seen, nowSeconds)` gives a verdict; `show(turn)`, `clear()` and `told(fact)`
  // draw; `record(fact)` stores, `reopen(turn)` takes back what was stored while nobody else
  // knows of it; `keepOpen(turns)` keeps what is undecided, the shown one last; `clock` is
  // the node's time; `at()` says where and who.
  constructor({ judge, show, clear, told, record, reopen, keepOpen, clock, at }) {
    Object.assign(this, { judge, show, clear, told, record, reopen, keepOpen, clock, at });
    this.current = null;
    this.waiting = [];
    this.timer = 0;
  }

  // A truck came. While somebody must decide on the last one, the next waits outside.
  async consider(seen) {
    if (this.current && !isPassing(this.current)) return false;
    if (this.current) await this.decide("admitted", true);
    const now = this.clock.now();
    const verdict = await this.judge(seen, now);
    if (this.current) return false;
    const turn = { fact_id: uuid7(), seen, verdict, now, atMs: Date.now(), skewMs: this.clock.skewMs, ...this.at() };
    this.present({ ...turn, isManual: verdict.colour !== "green" });
    return true;
  }

  present(turn) {
    clearTimeout(this.timer);
    this.current = turn;
    this.show(turn);
    if (isPassing(turn)) this.timer = setTimeout(() => this.decide("admitted", true), GREEN_MS);
    this.keepOpen([...this.waiting, turn]);
  }

  presentNext() {
    if (!this.current && this.waiting.length) this.present(this.waiting.pop());
  }

  // Somebody has begun to look: nothing is decided by itself any more.
  pause() {
    clearTimeout(this.timer);
    if (!this.current) return;
    this.current = { ...this.current, isManual: true };
    this.keepOpen([...this.waiting, this.current]);
  }

  // The officer looked: crew, temperature, the plate on the truck. Now a tap decides.
  async revise(changes) {
    this.pause();
    const turn = this.current;
    if (!turn) return;
    const seen = { ...turn.seen, ...changes };
    const verdict = await this.judge(seen, turn.now, turn.fact_id);
    if (this.current === turn) this.present({ ...turn, seen, verdict, isManual: true });
  }

  async decide(decision, assumed = false) {
    const turn = this.current;
    if (!turn) return;
    clearTimeout(this.timer);
    this.current = null;
    const fact = { ...this.fact(turn, decision, assumed), readyMs: Date.now() + UNDO_MS };
    this.clear();
    const stored = await this.record(fact, turn);
    if (stored) this.told(stored, turn);
    this.presentNext();
  }

  // Back to the verdict; the same scan, with its number, will be decided anew. Once it was
  // told, only another scan of the truck can say otherwise.
  async undo(stored, turn) {
    const again = { ...turn, isManual: true, order: stored.order, sequence: stored.body.sequence };
    const isBack = await this.reopen(again);
    clearTimeout(this.timer);
    if (this.current) this.waiting.push(this.current);
    this.current = null;
    if (isBack) this.present(again);
    else await this.consider(turn.seen);
  }

  // Closed in the middle of turns: green had driven on, anything else waits for a tap.
  async resume(turns) {
    for (const turn of turns.filter(isPassing)) {
      this.current = turn;
      await this.decide("admitted", true);
    }
    this.waiting = turns.filter((turn) => !isPassing(turn));
    this.presentNext();
  }

  fact(turn, decision, assumed) {
    const { verdict, seen } = turn;
    const { facts } = verdict;
    const body = {
      checkpoint: turn.checkpoint,
      direction: turn.direction,
      plate: facts.plateSeen ?? facts.plate,
      plate_kind: facts.plateKind,
      pass_number: facts.number,
      verdict: verdict.colour,
      reason: verdict.reason,
      decision,
      crew_count: seen.crewCount ?? null,
      temperature_normal: seen.temperatureNormal ?? null,
      device: turn.device,
      lists: verdict.lists,
      assumed,
    };
    if (turn.sequence) body.sequence = turn.sequence;
    return { fact_id: turn.fact_id, kind: "scan", atMs: turn.atMs, skewMs: turn.skewMs, order: turn.order, body };
  }
}

function isPassing(turn) {
  return turn.verdict.colour === "green" && !turn.isManual;
}
