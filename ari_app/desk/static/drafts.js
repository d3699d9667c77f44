// What an agent types: each burst goes to the server, and stays in the browser until the server
// acknowledges that it is on its disk. Unacknowledged bursts are sent again, also after a crash.
import { LocalStore } from "./local_store.js";
import { TAB } from "./connection.js";

const QUIET = 250; // ms without a key that end a burst
const LONGEST = 1000; // ms that a burst may last
const RETRY = 3000; // ms after which an unacknowledged burst is sent again

export class Drafts {
  constructor(agent, send) {
    this.store = new LocalStore(`firstline-${agent}`);
    this.ready = this.store.ready.then(() => { this.others = new Set(this.store.names()); });
    this.send = send;
    this.count = 0;
    this.timers = new Map();
    this.sentAt = new Map();
    this.others = new Set(); // fields typed in another tab, or before this one was opened
    this.bases = new Map(); // field: the key of what another tab wrote and is shown here
    this.conflicts = new Map(); // field: what another tab wrote meanwhile, until one is chosen
    this.changed = () => {};
    this.found = () => {};
    this.store.settled = () => this.changed("");
    addEventListener("pagehide", () => { for (const at of [...this.timers.keys()]) this.flush(at); });
    setInterval(() => this.retry(), 1000);
  }

  // A field of a card was changed.
  typed(card, field, text) {
    const at = `${card}:${field}`;
    this.count += 1;
    this.others.delete(at);
    this.store.put(at, { key: `${TAB}:w${this.count}`, text, base: this.bases.get(at) ?? "" });
    const timer = this.timers.get(at) ?? { began: Date.now() };
    clearTimeout(timer.id);
    const wait = Math.max(0, Math.min(QUIET, timer.began + LONGEST - Date.now()));
    timer.id = setTimeout(() => this.flush(at), wait);
    this.timers.set(at, timer);
    this.changed(card);
  }

  // Send a field now.
  flush(at) {
    clearTimeout(this.timers.get(at)?.id);
    this.timers.delete(at);
    const draft = this.store.get(at);
    if (!draft || this.conflicts.has(at)) return;
    const [card, field] = at.split(":");
    this.sentAt.set(at, Date.now());
    this.send({ type: "save", card, field, ...draft });
  }

  // Send all fields of a card now: a command on it follows.
  flushCard(card) {
    for (const at of this.store.names()) if (at.startsWith(`${card}:`)) this.flush(at);
  }

  // The connection is back: send everything unacknowledged, also from tabs that were closed.
  async resend() {
    for (const at of await this.store.load()) {
      const [card, field] = at.split(":");
      this.others.add(at);
      this.found(card, field, this.store.get(at).text);
      this.changed(card);
    }
    for (const at of this.store.names()) this.flush(at);
  }

  // Whether text from another tab may replace the field: nothing typed here is unacknowledged.
  yields(card, field) {
    const at = `${card}:${field}`;
    if (this.others.delete(at)) this.store.remove(at);
    return this.store.get(at) === undefined;
  }

  // What is shown came from another tab, or with the page.
  shown(card, field, key) { if (key) this.bases.set(`${card}:${field}`, key); }

  // Another tab has written something else: what was typed here waits for a choice.
  conflict({ card, field, key, text }) {
    const at = `${card}:${field}`;
    if (this.store.get(at)) this.conflicts.set(at, { key, text });
    return this.conflicts.has(at);
  }

  // Keep what was typed here, over what the other tab wrote.
  keepMine(card, field) {
    const at = `${card}:${field}`;
    this.shown(card, field, this.conflicts.get(at).key);
    this.conflicts.delete(at);
    this.typed(card, field, this.store.get(at).text);
  }

  // Drop what was typed here; returns what the other tab wrote.
  takeTheirs(card, field) {
    const at = `${card}:${field}`;
    const { key, text } = this.conflicts.get(at);
    this.shown(card, field, key);
    this.conflicts.delete(at);
    this.store.remove(at);
    this.changed(card);
    return text;
  }

  retry() {
    for (const at of this.store.names()) {
      if (!this.timers.has(at) && Date.now() - (this.sentAt.get(at) ?? 0) >= RETRY) this.flush(at);
    }
  }

  // The server acknowledged a burst; a later one of the same field stays.
  saved(key) {
    for (const at of this.store.names()) {
      if (this.store.get(at).key === key) {
        this.store.remove(at);
        this.changed(at.split(":")[0]);
      }
    }
  }

  // The unacknowledged text of a field; undefined if there is none.
  unsaved(card, field) { return this.store.get(`${card}:${field}`)?.text; }

  // Whether everything unacknowledged would survive a crash of the browser.
  get safe() { return this.store.safe; }

  dirty(card) { return this.store.names().some((at) => at.startsWith(`${card}:`)); }
}
