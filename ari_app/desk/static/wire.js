// The connection to the server: for ever, with a pause that grows, and what was asked of it.
const LONGEST = 10000;

export class Wire {
  constructor({ lost, told }) {
    this.lost = lost;
    this.told = told;
    this.tab = Math.random().toString(36).slice(2, 10) + Date.now().toString(36);
    this.count = 0;
    this.pause = 250;
    this.asked = new Map();
    this.connect();
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.now(); });
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/wire`);
    this.socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.type === "hello") { this.pause = 250; this.lost(false); }
      this.told(message);
    };
    this.socket.onclose = (event) => {
      for (const answer of this.asked.values()) answer({ ok: false, told: "", html: "" });
      this.asked.clear();
      if (event.code === 4401) { location.assign("/sign-in"); return; }
      this.lost(true);
      this.again = setTimeout(() => this.connect(), this.pause * (0.5 + Math.random() / 2));
      this.pause = Math.min(this.pause * 2, LONGEST);
    };
  }

  // Do not wait for the next try: the network is back, or the tab is looked at again.
  now() {
    if (this.socket.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.again);
    this.pause = 250;
    this.connect();
  }

  say(message) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  key() { this.count += 1; return `${this.tab}:${this.count}`; }

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
