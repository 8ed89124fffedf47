// What the phone knows and does; the screen's parts call it, it calls none of them back
// but through turns, screen and duty.
import { text } from "/modules/texts.js";
import * as enrol from "/modules/checkpoint/enrol.js";
import { Lists } from "/modules/checkpoint/lists.js";
import { openAlarm } from "/modules/checkpoint/alarm.js";
import { drawDuty } from "/modules/checkpoint/duty.js";
import { openDisinfection } from "/modules/checkpoint/forms.js";
import { askPlate } from "/modules/checkpoint/keyboard.js";
import { spaced } from "/modules/plates.js";
import { clearVerdict, drawVerdict } from "/modules/checkpoint/screen.js";
import { signal } from "/modules/checkpoint/signals.js";
import * as store from "/modules/checkpoint/store.js";
import { Sync } from "/modules/checkpoint/sync.js";
import { Clock, uuid7 } from "/modules/checkpoint/time.js";
import { Turns } from "/modules/checkpoint/turns.js";
import { judge } from "/modules/checkpoint/verdict.js";
import { closePanel, toast } from "/modules/checkpoint/ui.js";

const DISINFECTION_HOURS = 12;

export class App {
  async load() {
    this.clock = new Clock(await store.get("clock"));
    this.sync = new Sync(this.clock, () => this.draw());
    this.lists = new Lists(this.clock);
    this.device = await store.get("device");
    this.direction = (await store.get("direction")) ?? "outward";
    this.cleaned = (await store.get("cleaned")) ?? {};
    this.scans = await store.scans();
    this.waiting = await store.unsent();
    this.owesPin = (await store.get("owesPin")) ?? false;
    this.turns = new Turns({
      judge: (seen, now, own) => this.judge(seen, now, own),
      show: (turn) => this.show(turn),
      clear: clearVerdict,
      told: (fact, turn) => this.told(fact, turn),
      record: (fact, turn) => this.record(fact, turn),
      reopen: (turn) => store.reopen(turn).catch(() => false),
      keepOpen: (turns) => store.put("open", turns),
      clock: this.clock,
      at: () => ({ checkpoint: this.device.checkpoint, direction: this.direction, device: this.device.id }),
    });
  }

  async begin() {
    await this.lists.load(this.device);
    this.draw();
    await this.turns.resume(await store.leftOpen());
  }

  // Unsent facts out, fresh lists in, and who this phone still is.
  async refresh() {
    const device = await enrol.whoami(this.sync);
    if (device) this.device = device;
    await this.sync.flush();
    if (device) await this.lists.refresh(this.device);
    await store.put("clock", this.clock.kept());
    this.draw();
  }

  // Nothing on the phone could check a PIN and not give it away: without a network it is
  // owed, and the page asks for it until the node has seen it. Resolves to the code of what
  // stands against it, or "".
  async reopen(pin) {
    const code = navigator.onLine ? await enrol.reopen(this.device.id, pin, this.sync) : "offline";
    if (code !== "" && code !== "offline") return code;
    this.owesPin = code === "offline";
    await store.put("owesPin", this.owesPin);
    this.sync.flush();
    this.draw();
    return "";
  }

  async consider(seen, seenMs = performance.now()) {
    if (!(await this.turns.consider(seen))) return;
    closePanel();
    performance.measure("frame-to-verdict", { start: seenMs });
  }

  // A code from camera or photo: a pass of ours, or the reason why it is none.
  async readPass(code, seenMs) {
    const opened = await this.lists.open(code);
    await this.consider({ by: "qr", ...opened }, seenMs);
  }

  async judge(seen, now, own) {
    const recent = this.scans.filter((scan) => scan.fact_id !== own);
    const lists = await this.lists.known(seen.pass);
    const verdict = judge(seen, {
      now,
      isClockSure: this.clock.isSure(),
      checkpoint: this.device.checkpoint,
      direction: this.direction,
      lanes: this.device.lane ? [this.device.lane] : [],
      recent,
      disinfected: this.cleaned,
      ...lists,
    });
    return { ...verdict, lists: this.lists.versions() };
  }

  show(turn) {
    const paused = (open) => () => {
      this.turns.pause();
      open();
    };
    drawVerdict(turn, {
      postName: (code) => this.device.postNames?.[code] || code,
      laneName: (code) => this.device.laneNames?.[code] || code,
      decide: (decision) => this.turns.decide(decision),
      revise: (changes) => this.turns.revise(changes),
      disinfect: paused(() => openDisinfection(this, turn.verdict.facts.plate, () => this.turns.revise({}))),
      comparePlate: paused(() => askPlate(text("cp.seen_ask"), [], (plateSeen) => this.turns.revise({ plateSeen }))),
    });
    if (!turn.isManual || turn.verdict.colour !== "green") signal(turn.verdict.colour);
  }

  told(fact, turn) {
    const { decision, plate } = fact.body;
    const words = text(`cp.told.${decision}`, { plate: spaced(plate) || turn.verdict.facts.shortCode });
    toast(words, text("cp.undo"), () => this.turns.undo(fact, turn));
    setTimeout(() => this.sync.flush(), Math.max(0, fact.readyMs - Date.now()) + 50);
  }

  // Stored, or said aloud that it is not: a full phone tries the node at once.
  async record(fact, turn) {
    const stored = await this.keep(fact);
    const { decision, direction, checkpoint, pass_number: number, plate } = fact.body;
    const scan = { fact_id: fact.fact_id, time: turn.now, decision, direction, checkpoint, number, plate };
    this.scans = [...this.scans.filter((each) => each.fact_id !== fact.fact_id), scan];
    store.remember(scan).catch(() => {});
    this.draw();
    return stored;
  }

  async keep(fact) {
    try {
      const stored = fact.order ? fact : await store.add(fact);
      if (fact.order) await store.replace(fact);
      this.waiting = await store.unsent();
      return stored;
    } catch (error) {
      const isSent = await this.sync.sendNow(fact);
      if (isSent) await store.forget(fact).catch(() => {});
      openAlarm(isSent ? "full_sent" : "full", fact, error);
      return null;
    }
  }

  async report(kind, body, time = {}) {
    const atMs = Date.now();
    const fact = { fact_id: uuid7(atMs), kind, atMs, skewMs: this.clock.skewMs, body, ...time };
    const stored = await this.keep(fact);
    this.sync.flush();
    this.draw();
    return stored;
  }

  // Cleaned here: this phone knows it at once, the sheet later.
  async disinfected(plate, agent) {
    const station = this.device.post || this.device.checkpoint;
    if (!(await this.report("disinfection", { plate, station, agent }))) return null;
    this.cleaned = { ...this.cleaned, [plate]: this.clock.now() + DISINFECTION_HOURS * 3600 };
    await store.put("cleaned", this.cleaned);
    return this.cleaned[plate];
  }

  rows() {
    return this.lists.sheet?.rows ?? [];
  }

  unsent() {
    return store.unsent();
  }

  async turn() {
    this.direction = this.direction === "outward" ? "return" : "outward";
    await store.put("direction", this.direction);
    this.draw();
  }

  async draw() {
    if (!this.device) return;
    this.waiting = await store.unsent();
    drawDuty(this);
  }
}
