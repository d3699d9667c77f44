// A call rings: on the loudspeaker that was chosen, in the title of the tab, and as a notification
// over other windows.
import { output } from "./sound.js";

const TONES = [440, 554]; // Hz
const TURN = 3; // s from ring to ring

export class Ring {
  // `changed` is called when `silenced` did: the browser keeps a page silent until it is clicked.
  constructor(sound, changed) {
    this.sound = sound;
    this.changed = changed;
    this.loudspeaker = new Audio();
    this.title = "";
    this.context = new AudioContext();
    this.sink = this.context.createMediaStreamDestination();
    this.loudspeaker.srcObject = this.sink.stream;
    this.silenced = undefined; // until `settle` knows
    setTimeout(() => this.settle(), 1000); // it runs by then, where it may
  }

  settle() {
    const was = Boolean(this.silenced);
    this.silenced = this.context.state !== "running";
    if (!this.silenced && !this.timer) this.context.suspend(); // which costs nothing
    if (was !== this.silenced) this.changed();
  }

  // A click or a key: what was kept silent may sound.
  async wake() {
    if (!this.silenced) return;
    await this.context.resume();
    this.settle();
  }

  // Ring until `stop`, once if it is a `test`. `text` is what the title and the notification say.
  start(text, { test = false } = {}) {
    this.stop();
    output(this.loudspeaker, this.sound.chosen.loudspeaker);
    this.context.resume();
    this.tone();
    this.loudspeaker.play().catch(() => {});
    if (test) {
      this.timer = setTimeout(() => this.stop(), TURN * 1000);
      return;
    }
    this.timer = setInterval(() => this.tone(), TURN * 1000);
    this.title = document.title;
    document.title = `☎ ${text}`;
    this.notify(text);
  }

  stop() {
    clearInterval(this.timer);
    clearTimeout(this.timer);
    this.timer = undefined;
    this.loudspeaker.pause();
    if (this.silenced === false) this.context.suspend(); // not before `settle` has looked
    if (this.title) document.title = this.title;
    this.title = "";
    this.shown?.close();
    this.shown = undefined;
  }

  // Two short calls of a bell, softly begun and ended.
  tone() {
    const { context } = this;
    for (const turn of [0, 0.5]) {
      const at = context.currentTime + turn;
      for (const pitch of TONES) {
        const gain = new GainNode(context, { gain: 0 });
        gain.gain.linearRampToValueAtTime(0.2, at + 0.02);
        gain.gain.setValueAtTime(0.2, at + 0.3);
        gain.gain.linearRampToValueAtTime(0, at + 0.4);
        const bell = new OscillatorNode(context, { frequency: pitch });
        bell.connect(gain).connect(this.sink);
        bell.start(at);
        bell.stop(at + 0.45);
      }
    }
  }

  notify(text) {
    if (window.Notification?.permission !== "granted" || (!document.hidden && document.hasFocus())) return;
    try {
      this.shown = new Notification(text, { tag: "firstline-call", requireInteraction: true });
      this.shown.onclick = () => { window.focus(); this.shown?.close(); };
    } catch { /* browsers of telephones show none from a page */ }
  }
}
