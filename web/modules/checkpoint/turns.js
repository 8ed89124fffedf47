// One truck after the other: seen, judged, decided, recorded; and five seconds to undo.
import { uuid7 } from "/modules/checkpoint/time.js";

export const GREEN_MS = 8000;
export const UNDO_MS = 5000;

export class Turns {
  // `judge(seen, nowSeconds)` gives a verdict; `show(turn)`, `clear()` and `told(fact)`
  // draw; `record(fact)` stores; `clock` is the node's time; `at()` says where and who.
  constructor({ judge, show, clear, told, record, keepOpen, clock, at }) {
    Object.assign(this, { judge, show, clear, told, record, keepOpen, clock, at });
    this.current = null;
    this.waiting = [];
    this.timer = 0;
  }

  // A truck came. While somebody must decide on the last one, the next waits outside.
  async consider(seen) {
    if (this.current && !this.isPassing()) return false;
    if (this.current) await this.decide("admitted", true);
    const now = this.clock.now();
    const verdict = await this.judge(seen, now);
    const turn = { fact_id: uuid7(), seen, verdict, now, atMs: Date.now(), skewMs: this.clock.skewMs, ...this.at() };
    this.present({ ...turn, isManual: verdict.colour !== "green" });
    return true;
  }

  isPassing() {
    return this.current.verdict.colour === "green" && !this.current.isManual;
  }

  present(turn) {
    clearTimeout(this.timer);
    this.current = turn;
    this.show(turn);
    if (this.isPassing()) this.timer = setTimeout(() => this.decide("admitted", true), GREEN_MS);
    this.keepOpen(turn);
  }

  // Somebody has begun to look: nothing is decided by itself any more.
  pause() {
    clearTimeout(this.timer);
    if (this.current) this.current = { ...this.current, isManual: true };
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
    const next = this.waiting.pop();
    if (next && !this.current) this.present(next);
  }

  // Back to the verdict; the same scan, with its number, will be decided anew.
  undo(stored, turn) {
    if (this.current) this.waiting.push(this.current);
    this.present({ ...turn, isManual: true, order: stored.order, sequence: stored.body.sequence });
  }

  // Closed in the middle of a turn: green had driven on, anything else waits for a tap.
  async resume(turn) {
    if (!turn) return;
    this.current = turn;
    if (turn.verdict.colour === "green" && !turn.isManual) await this.decide("admitted", true);
    else this.present(turn);
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
