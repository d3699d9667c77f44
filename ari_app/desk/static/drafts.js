// What an agent types: each burst goes to the server, and stays in the browser until that says
// that it is on the disk. What was not acknowledged is sent again, after a crash of either, too.
import { Kept } from "./kept.js";
import { TAB } from "./wire.js";

const QUIET = 250; // ms without a key that end a burst
const LONGEST = 1000; // ms that a burst may last
const AGAIN = 3000; // ms after which what was not acknowledged is sent again

export class Drafts {
  constructor(agent, say) {
    this.kept = new Kept(`firstline-${agent}`);
    this.ready = this.kept.ready.then(() => { this.others = new Set(this.kept.names()); });
    this.say = say;
    this.count = 0;
    this.timers = new Map();
    this.sent = new Map();
    this.others = new Set(); // what was typed in another tab, or before this one was opened
    this.changed = () => {};
    this.found = () => {};
    this.kept.settled = () => this.changed("");
    addEventListener("pagehide", () => { for (const at of [...this.timers.keys()]) this.flush(at); });
    setInterval(() => this.retry(), 1000);
  }

  // A key was pressed in a field of a card.
  typed(card, field, text) {
    const at = `${card}:${field}`;
    this.count += 1;
    this.others.delete(at);
    this.kept.put(at, { key: `${TAB}:w${this.count}`, text });
    const timer = this.timers.get(at) ?? { began: Date.now() };
    clearTimeout(timer.id);
    const wait = Math.max(0, Math.min(QUIET, timer.began + LONGEST - Date.now()));
    timer.id = setTimeout(() => this.flush(at), wait);
    this.timers.set(at, timer);
    this.changed(card);
  }

  // Send what stands in a field now.
  flush(at) {
    clearTimeout(this.timers.get(at)?.id);
    this.timers.delete(at);
    const kept = this.kept.get(at);
    if (!kept) return;
    const [card, field] = at.split(":");
    this.sent.set(at, Date.now());
    this.say({ type: "save", card, field, ...kept });
  }

  // Send all of a card now: it is to be closed.
  settle(card) {
    for (const at of this.kept.names()) if (at.startsWith(`${card}:`)) this.flush(at);
  }

  // The connection is back: everything that was not acknowledged, of tabs that are no more, too.
  async resend() {
    for (const at of await this.kept.look()) {
      const [card, field] = at.split(":");
      this.others.add(at);
      this.found(card, field, this.kept.get(at).text);
      this.changed(card);
    }
    for (const at of this.kept.names()) this.flush(at);
  }

  // Whether what was written elsewhere stands, and nothing that was typed here is still on its way.
  yields(card, field) {
    const at = `${card}:${field}`;
    if (this.others.delete(at)) this.kept.remove(at);
    return this.kept.get(at) === undefined;
  }

  retry() {
    for (const at of this.kept.names()) {
      if (!this.timers.has(at) && Date.now() - (this.sent.get(at) ?? 0) >= AGAIN) this.flush(at);
    }
  }

  // The server has the burst of this key; a later one of the same field is still on its way.
  saved(key) {
    for (const at of this.kept.names()) {
      if (this.kept.get(at).key === key) {
        this.kept.remove(at);
        this.changed(at.split(":")[0]);
      }
    }
  }

  // What was typed into a field and is not acknowledged; undefined if there is no such thing.
  unsaved(card, field) { return this.kept.get(`${card}:${field}`)?.text; }

  // Whether what is not acknowledged would outlive a crash of the browser.
  get safe() { return this.kept.safe; }

  dirty(card) { return this.kept.names().some((at) => at.startsWith(`${card}:`)); }
}
