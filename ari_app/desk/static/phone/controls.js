// The controls of the call: in the head of its card while that is shown, else below the bar.
const KEYS = "123456789*0#";

export class Controls {
  // `line` is the phone's line, `cards` the open cards.
  constructor(line, cards) {
    this.line = line;
    this.cards = cards;
    this.element = document.getElementById("call");
    this.strip = document.getElementById("call-strip");
    this.keypad = document.getElementById("keypad");
    this.element.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button?.dataset.call) this.do(button.dataset.call);
      if (button?.dataset.key) this.press(button.dataset.key);
    });
    this.element.addEventListener("keydown", (event) => this.keyed(event));
    cards.changed = () => this.place();
  }

  do(what) {
    const { line } = this;
    switch (what) {
      case "answer": line.answer(); break;
      case "hang-up": line.hangUp(); break;
      case "mute": line.mute(); break;
      case "hold": line.hold(); break;
      case "keypad": this.open(this.keypad.hidden); break;
      case "card": this.cards.show(this.card?.dataset.card, true); break;
    }
  }

  // The keypad: its buttons, or the same keys of the keyboard while it has the focus.
  open(on) {
    const { call } = this.line;
    const shown = on && call?.phase === "talking";
    const held = this.keypad.contains(document.activeElement);
    this.keypad.hidden = !shown;
    this.button("keypad").setAttribute("aria-expanded", String(shown));
    if (shown) this.keypad.querySelector("button").focus();
    else if (held) this.button("keypad").focus();
  }

  keyed(event) {
    if (this.keypad.hidden || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.open(false);
    } else if (KEYS.includes(event.key)) {
      event.preventDefault();
      this.press(event.key);
    }
  }

  press(key) {
    if (this.line.press(key)) this.keypad.querySelector("output").textContent += key;
  }

  button(name) { return this.element.querySelector(`[data-call="${name}"]`); }

  // The card of the call: the one that rings, or whose caller is talked with.
  get card() {
    const live = this.cards.all().filter(({ dataset: { phase } }) => ["ringing", "talking"].includes(phase));
    return live.find(({ dataset: { phase } }) => phase === this.line.call?.phase) ?? live[0];
  }

  // Show what is so.
  update() {
    const { call } = this.line;
    const talking = call?.phase === "talking";
    this.element.hidden = !call;
    if (!talking) {
      this.open(false);
      this.keypad.querySelector("output").textContent = "";
    }
    if (call) {
      this.element.dataset.phase = call.phase;
      this.element.dataset.held = String(call.held);
      this.show("answer", call.phase === "ringing");
      for (const name of ["mute", "hold", "keypad"]) this.show(name, talking);
      this.button("answer").ariaDisabled = String(Boolean(call.answered)); // it keeps the focus
      this.button("mute").setAttribute("aria-pressed", String(call.muted));
      this.button("hold").setAttribute("aria-pressed", String(call.held));
      const words = this.element.querySelector("[data-call-word]").dataset;
      this.say(call.held ? words.held : call.muted ? words.muted : words[call.phase] ?? "");
    }
    this.place();
  }

  show(name, is) {
    const button = this.button(name);
    if (!is && button === document.activeElement) this.button("hang-up").focus();
    button.hidden = !is;
  }

  say(text) {
    const place = this.element.querySelector("[data-call-word]");
    if (place.textContent !== text) place.textContent = text;
  }

  place() {
    const { call } = this.line;
    const { card } = this;
    const shown = call && card !== undefined && card === this.cards.current;
    const place = shown ? card.querySelector("[data-call-place]") : this.strip;
    const name = card?.querySelector(".full")?.textContent || call?.name;
    const who = [call?.number, name === call?.number ? "" : name].filter(Boolean).join(" ");
    const label = this.element.querySelector("[data-call-who]");
    label.textContent = shown ? "" : this.line.tests ? label.dataset.echo : who;
    this.button("card").hidden = shown || card === undefined;
    if (this.element.parentElement === place) return;
    const focused = this.element.contains(document.activeElement) ? document.activeElement : undefined;
    place.append(this.element);
    focused?.focus();
  }
}
