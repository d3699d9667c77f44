// The connection to the server: for ever, with a pause that grows, and what was asked of it.
const LONGEST = 10000; // ms between tries
const PATIENCE = 8000; // ms without a word after something was said: the connection is dead

// Names this tab, so that what is said in it has a name of its own.
export const TAB = Math.random().toString(36).slice(2, 10) + Date.now().toString(36);

export class Wire {
  constructor({ lost, told }) {
    this.lost = lost;
    this.told = told;
    this.count = 0;
    this.pause = 250;
    this.asked = new Map();
    this.saidAt = 0;
    setInterval(() => this.watch(), 1000);
    addEventListener("offline", () => this.lost(true));
    addEventListener("online", () => this.online());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.now(); });
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/wire`);
    let greeted = false;
    this.socket = socket;
    this.saidAt = 0;
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      this.saidAt = 0;
      if (message.type === "hello") {
        greeted = true;
        this.pause = 250;
        this.lost(false);
      }
      this.told(message);
    };
    socket.onclose = (event) => {
      if (event.code === 4401) location.assign("/sign-in");
      else if (socket === this.socket) this.closed(greeted);
    };
  }

  closed(greeted) {
    for (const answer of this.asked.values()) answer({ ok: false, told: "", html: "" });
    this.asked.clear();
    this.lost(true);
    if (!greeted) this.askIn();
    this.again = setTimeout(() => this.connect(), this.pause * (0.5 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST);
  }

  // A socket is not told why it is not let in; a page would be sent to where one signs in.
  async askIn() {
    try {
      const page = await fetch("/", { redirect: "manual" });
      if (page.type === "opaqueredirect") location.assign("/sign-in");
    } catch { /* there is no network: it is tried again */ }
  }

  // Do not wait for the next try: the network is back, or the tab is looked at again.
  now() {
    if (this.socket && this.socket.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.again);
    this.pause = 250;
    this.connect();
  }

  online() {
    if (this.socket?.readyState === WebSocket.OPEN) this.lost(false);
    else this.now();
  }

  // A network that fell silent tells nobody: whoever says something and hears nothing comes anew.
  watch() {
    if (!this.saidAt || Date.now() - this.saidAt <= PATIENCE) return;
    const dead = this.socket;
    this.socket = undefined;
    this.saidAt = 0;
    dead.close();
    this.closed(true);
  }

  say(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.saidAt ||= Date.now();
    this.socket.send(JSON.stringify(message));
    return true;
  }

  key() { this.count += 1; return `${TAB}:${this.count}`; }

  // Say something and wait for its answer. What is asked again with its key is done once.
  ask(message, key = this.key()) {
    return new Promise((resolve) => {
      this.asked.set(key, resolve);
      if (!this.say({ ...message, key })) this.answered({ key, ok: false, told: "", html: "" });
    });
  }

  answered(message) {
    this.asked.get(message.key)?.(message);
    this.asked.delete(message.key);
  }
}
