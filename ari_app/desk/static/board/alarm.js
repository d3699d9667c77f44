// Limits that were passed: in words, and as a sound where that is switched on.
const SHOWN = 60000; // ms
const TONES = [880, 660, 880]; // Hz
const KEPT = "board-sound"; // in localStorage

export class Alarm {
  // `button` switches the sound; there is none on a wall, which is silent.
  constructor(place, button) {
    this.place = place;
    this.button = button;
    if (!button) return;
    this.on = localStorage.getItem(KEPT) === "on";
    button.setAttribute("aria-pressed", String(this.on));
    button.addEventListener("click", () => {
      this.on = !this.on;
      localStorage.setItem(KEPT, this.on ? "on" : "off");
      button.setAttribute("aria-pressed", String(this.on));
      if (this.on) this.play(); // what it will sound like; a browser lets a page sound after a click
    });
    // What was on before the page was loaded sounds after the first click or key.
    addEventListener("pointerdown", () => { if (this.on) this.wake(); }, { once: true });
    addEventListener("keydown", () => { if (this.on) this.wake(); }, { once: true });
  }

  raise(text) {
    const line = document.createElement("p");
    line.textContent = text;
    this.place.append(line);
    setTimeout(() => line.remove(), SHOWN);
    if (this.on) this.play();
  }

  wake() {
    this.context ??= new AudioContext();
    this.context.resume();
    return this.context;
  }

  play() {
    const context = this.wake();
    TONES.forEach((frequency, nth) => {
      const tone = context.createOscillator(), volume = context.createGain();
      const at = context.currentTime + nth * 0.22;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.15, at);
      volume.gain.linearRampToValueAtTime(0, at + 0.2);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.2);
    });
  }
}
