// What an agent types: each burst goes to the server, and stays in the browser until that says
// that it is on the disk. What was not acknowledged is sent again, after a crash of either, too.
const QUIET = 250; // ms without a key that end a burst
const LONGEST = 1000; // ms that a burst may last

export class Drafts {
  constructor(agent, say) {
    this.prefix = `firstline:${agent}:`;
    this.say = say;
    this.tab = Math.random().toString(36).slice(2, 10) + Date.now().toString(36);
    this.count = 0;
    this.timers = new Map();
    this.changed = () => {};
    addEventListener("pagehide", () => { for (const at of [...this.timers.keys()]) this.flush(at); });
  }

  // A key was pressed in a field of a card.
  typed(card, field, text) {
    const at = `${card}:${field}`;
    this.count += 1;
    this.keep(at, { key: `${this.tab}:${this.count}`, text });
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
    const kept = this.kept(at);
    if (kept) this.send(at, kept);
  }

  send(at, { key, text }) {
    const [card, field] = at.split(":");
    this.say({ type: "save", card, field, key, text });
  }

  // Send all of a card now: it is to be closed.
  settle(card) {
    for (const at of this.all()) if (at.startsWith(`${card}:`)) this.flush(at);
  }

  // The connection is back: everything that was not acknowledged.
  resend() {
    for (const at of this.all()) this.send(at, this.kept(at));
  }

  // The server has the burst of this key; a later one of the same field is still on its way.
  saved(key) {
    for (const at of this.all()) {
      if (this.kept(at).key === key) {
        localStorage.removeItem(this.prefix + at);
        this.changed(at.split(":")[0]);
      }
    }
  }

  // What was typed into a field and is not acknowledged; undefined if there is no such thing.
  unsaved(card, field) { return this.kept(`${card}:${field}`)?.text; }

  dirty(card) { return this.all().some((at) => at.startsWith(`${card}:`)); }

  keep(at, kept) { localStorage.setItem(this.prefix + at, JSON.stringify(kept)); }

  kept(at) {
    const text = localStorage.getItem(this.prefix + at);
    return text === null ? undefined : JSON.parse(text);
  }

  all() {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(this.prefix))
      .map((key) => key.slice(this.prefix.length));
  }
}
