// The phone of an agent who talks in the browser: its line, its devices, its controls. One tab has it.
import { Controls } from "./phone/controls.js";
import { Headset } from "./phone/headset.js";
import { Owner } from "./phone/owner.js";
import { Ring } from "./phone/ring.js";
import { Settings } from "./phone/settings.js";
import { Sound } from "./phone/sound.js";
import { everySecond } from "./ticks.js";

const SLOW = 3000; // ms after which the page says that the phone is not connected

const $ = (id) => document.getElementById(id);

export class Phone {
  // `pause` pauses the agent, `notice` shows them a text; `free` is called when a call is over.
  constructor({ agent, cards, pause, notice, free }) {
    Object.assign(this, { agent, cards, pause, notice, free });
    this.account = undefined;
    this.trouble = ""; // why there is no microphone
    this.paused = false; // the server knows that there is none
    this.elsewhere = false; // another tab or browser has the phone
  }

  // From each snapshot of the desk: the account, or undefined for an agent with a phone of their own.
  async use(account) {
    const first = account && !this.account;
    this.account = account;
    if (first) {
      await (this.started ??= this.start());
      if (!this.owned && this.owner.release) this.got(); // it was a phone of the agent's own meanwhile
    } else if (!account && this.line) this.gave();
    if (!account || !this.owned) return;
    this.line.open(account);
    if (this.trouble && !this.paused) await this.check();
  }

  async start() {
    const { Line } = await import("./phone/line.js"); // 250 kB that only these agents need
    const sound = this.sound = new Sound();
    this.ring = new Ring(sound, () => this.update());
    this.line = new Line(sound, {
      changed: () => this.update(),
      lost: () => { this.gave(); },
    });
    this.controls = new Controls(this.line, this.cards);
    this.headset = new Headset(
      { answer: () => this.line.answer(), hangUp: () => this.line.hangUp(), mute: () => this.line.mute() },
      () => this.line.call,
      (name) => { document.querySelector("#phone-settings [data-headset]").textContent = name; },
    );
    this.settings = new Settings({
      sound,
      ring: this.ring,
      line: this.line,
      headset: this.headset,
      changed: () => this.reopen(),
      failed: () => this.check(),
    });
    this.owner = new Owner(this.agent, {
      got: () => this.got(),
      gave: () => this.gave(),
      refused: () => this.notice($("phone").dataset.denied),
      busy: () => this.busy,
    });
    this.wire();
    this.elsewhere = true; // until it is ours
    this.update();
    if (navigator.locks) this.owner.wait();
    else this.got();
  }

  wire() {
    everySecond(() => this.line.keep());
    $("phone-button").addEventListener("click", () => this.settings.open());
    $("phone").addEventListener("click", ({ target }) => {
      const { phoneDo } = target.closest("button")?.dataset ?? {};
      if (phoneDo === "take") this.take();
      if (phoneDo === "check") this.check();
    });
    for (const kind of ["pointerdown", "keydown"]) {
      addEventListener(kind, () => { this.ring.wake(); this.sound.voice.play().catch(() => {}); }, true);
    }
    addEventListener("beforeunload", (event) => { if (this.busy) event.preventDefault(); });
    addEventListener("pagehide", () => this.line.close());
    navigator.mediaDevices?.addEventListener("devicechange", () => this.reopen());
    navigator.permissions?.query({ name: "microphone" })
      .then((permission) => permission.addEventListener("change", () => this.check()), () => {});
  }

  // Whether there is a call that a reload would cut.
  get busy() { return Boolean(this.line?.call && this.line.call.phase !== "ringing"); }

  got() {
    this.owned = true;
    this.elsewhere = false;
    if (this.account) this.line.open(this.account);
    this.check();
  }

  gave() {
    this.owned = false;
    this.elsewhere = true;
    this.line.close();
    this.update();
  }

  // Use the phone in this tab.
  take() {
    if (this.owner.release) this.got(); // another browser took it
    else this.owner.ask();
  }

  // Whether calls can be taken; looks again if they could not.
  async usable() { return !this.trouble || !await this.check(); }

  // Look for the microphone; returns why there is none. Without one the agent is paused.
  async check() {
    if (!this.owned) return "";
    const had = this.trouble;
    this.trouble = await this.sound.trouble(() => Boolean(this.line.call));
    this.line.deaf = Boolean(this.trouble);
    if (!this.trouble && had) this.notice($("phone").dataset.back);
    this.update();
    if (!this.trouble) this.paused = false;
    else if (!had || !this.paused) this.paused = (await this.pause()).ok; // else with the next connection
    return this.trouble;
  }

  // Devices changed. Where a call or a test has the microphone open, another one is taken.
  async reopen() {
    if (!this.owned) return;
    if (this.sound.stream) {
      try {
        await this.sound.reopen();
        await this.line.replaceMicrophone();
      } catch { /* check shows why */ }
    }
    if (this.settings.dialog.open) await this.settings.list();
    await this.check();
  }

  get state() {
    if (this.elsewhere) return "elsewhere";
    if (this.trouble) return this.trouble;
    if (!this.line.ready) return "connecting";
    return this.ring.silenced ? "silenced" : "ready";
  }

  update() {
    const { state, line: { call } } = this;
    for (const id of ["phone", "phone-button", "phone-keys"]) $(id).hidden = !this.account;
    $("phone-button").dataset.state = state;
    if (state !== "connecting") this.slow = clearTimeout(this.connecting);
    else if (!this.slow) {
      clearTimeout(this.connecting);
      this.connecting = setTimeout(() => { this.slow = true; this.update(); }, SLOW);
    }
    const said = state === "connecting" && !this.slow ? "" : state;
    for (const each of $("phone").querySelectorAll("[data-phone-state]")) {
      each.hidden = each.dataset.phoneState !== said;
    }
    this.controls.update();
    this.headset.update();
    this.settings.called(call);
    if (call?.phase === "ringing" && !call.answered && !call.own) this.rings(call);
    else this.quiet();
    if (!this.busy) this.free();
  }

  rings(call) {
    if (this.rung === call) return;
    this.rung = call;
    this.settings.dialog.close();
    const { ringing } = $("phone").dataset;
    this.ring.start([ringing, call.number || call.name].join(" "));
  }

  quiet() {
    if (!this.rung) return;
    this.rung = undefined;
    this.ring.stop();
  }

  // What keys do, by the physical key, with Alt.
  get keys() {
    if (!this.line) return {};
    return Object.fromEntries([
      ["KeyY", "answer"], ["KeyX", "hang-up"], ["KeyM", "mute"], ["KeyL", "hold"], ["KeyK", "keypad"],
    ].map(([key, what]) => [key, () => this.controls.do(what)]));
  }
}
