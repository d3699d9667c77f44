// The WebSocket to the server: reconnects with a growing delay, and matches answers to requests.
import { everySecond } from "./ticks.js";

const LONGEST = 10000; // ms between attempts
const SILENCE = 10000; // ms without a message (the server sends one every 4 s): it is dead

const SLOW = 2000; // ms after which an answer that is awaited is late

// Names this tab, so that its keys are unique.
export const TAB = Math.random().toString(36).slice(2, 10) + Date.now().toString(36);

export class Connection {
  // `leave` goes to another page, which must wait for the end of a call in the browser.
  constructor({ lost, received, slow, leave, path = "/wire" }) {
    this.path = path;
    this.lost = lost;
    this.slow = slow;
    this.received = received;
    this.leave = leave;
    this.count = 0;
    this.delay = 250;
    this.pending = new Map(); // key: the promise's resolve
    this.receivedAt = 0;
    everySecond(() => {
      this.watch();
      if (this.retryAt < Date.now()) this.reconnectNow(true);
    });
    addEventListener("offline", () => this.lost(true));
    addEventListener("online", () => this.reconnectNow());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.reconnectNow();
    });
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.path}`);
    let greeted = false;
    this.socket = socket;
    this.receivedAt = Date.now();
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      const message = JSON.parse(event.data);
      this.receivedAt = Date.now();
      if (message.build) { // the first one, which has all that is shown
        greeted = true;
        this.delay = 250;
      }
      this.lost(false);
      this.received(message);
    };
    socket.onclose = (event) => {
      if (event.code === 4401) this.leave("/sign-in");
      else if (socket === this.socket) this.closed(greeted);
    };
  }

  closed(greeted) {
    this.socket = undefined;
    for (const resolve of this.pending.values()) resolve(failed("unanswered"));
    this.pending.clear();
    this.lost(true);
    if (!greeted) this.checkSignIn();
    const wait = this.delay * (0.5 + Math.random() / 2);
    this.retryAt = Date.now() + wait; // a hidden tab may come to it earlier than its timer
    this.retry = setTimeout(() => this.connect(), wait);
    this.delay = Math.min(this.delay * 2, LONGEST);
  }

  // A rejected handshake gives a script no reason; a page would be redirected to the sign-in.
  async checkSignIn() {
    try {
      const page = await fetch("/", { redirect: "manual" });
      if (page.type === "opaqueredirect") this.leave("/sign-in");
    } catch { /* no network: the next attempt is scheduled */ }
  }

  // Do not wait for the next attempt: the network is back, or the tab is visible again; or it is `due`.
  reconnectNow(due = false) {
    this.watch();
    if (this.socket || !this.receivedAt) return; // connected, or not started yet
    clearTimeout(this.retry);
    if (!due) this.delay = 250;
    this.connect();
  }

  // A silent network or a sleeping browser closes no socket: after a silence, reconnect.
  watch() {
    if (!this.socket || Date.now() - this.receivedAt <= SILENCE) return;
    const dead = this.socket;
    this.closed(true);
    dead.close();
  }

  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  key() { this.count += 1; return `${TAB}:${this.count}`; }

  // Send a message and wait for its answer. The same key again is the same request. What cannot be
  // sent is answered at once with what to say of that; one that takes long is reported to `slow`.
  ask(message, key = this.key()) {
    return new Promise((resolve) => {
      if (!this.send({ ...message, key })) { resolve(failed("notDone")); return; }
      const late = setTimeout(() => this.slow(document.body.dataset.slow), SLOW);
      this.pending.set(key, (answer) => { clearTimeout(late); resolve(answer); });
    });
  }

  answered(message) {
    this.pending.get(message.key)?.(message);
    this.pending.delete(message.key);
  }
}

// The answer in place of the server's: `reason` names a text of the page.
function failed(reason) {
  return { ok: false, lost: reason, text: document.body.dataset[reason], html: "" };
}
