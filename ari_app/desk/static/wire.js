// The connection to the server: for ever, with a pause that grows, and what was asked of it.
const LONGEST = 10000; // ms between tries
const SILENCE = 10000; // ms without a word, of which there is one every 4 s: the connection is dead

// Names this tab, so that what is said in it has a name of its own.
export const TAB = Math.random().toString(36).slice(2, 10) + Date.now().toString(36);

export class Wire {
  constructor({ lost, told }) {
    this.lost = lost;
    this.told = told;
    this.count = 0;
    this.pause = 250;
    this.asked = new Map();
    this.heardAt = 0;
    setInterval(() => this.watch(), 1000);
    addEventListener("offline", () => this.lost(true));
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.now(); });
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/wire`);
    let greeted = false;
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      const message = JSON.parse(event.data);
      this.heardAt = Date.now();
      if (message.type === "hello") {
        greeted = true;
        this.pause = 250;
      }
      this.lost(false);
      this.told(message);
    };
    socket.onclose = (event) => {
      if (event.code === 4401) location.assign("/sign-in");
      else if (socket === this.socket) this.closed(greeted);
    };
  }

  closed(greeted) {
    this.socket = undefined;
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
    this.watch();
    if (this.socket || !this.heardAt) return; // it lives, or nobody wants it yet
    clearTimeout(this.again);
    this.pause = 250;
    this.connect();
  }

  // A network that fell silent, or a browser that slept, is told by nobody: who hears nothing any
  // more comes anew, to a whole picture.
  watch() {
    if (!this.socket || Date.now() - this.heardAt <= SILENCE) return;
    const dead = this.socket;
    this.closed(true);
    dead.close();
  }

  say(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
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
