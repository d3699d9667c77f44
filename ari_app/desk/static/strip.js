// Shows the calls whose cards did not come to the front, because somebody was typing.
export class Strip {
  constructor(place, take) {
    this.place = place;
    this.waiting = []; // their cards, the newest last
    this.take = () => { if (this.card) take(this.card.dataset.card); };
    place.querySelector("[data-strip-take]").addEventListener("click", this.take);
  }

  // The card that it shows: one in which somebody talks goes first.
  get card() {
    return this.waiting.findLast((one) => one.dataset.phase === "talking") ?? this.waiting.at(-1);
  }

  add(card) {
    this.waiting = [...this.waiting.filter((one) => one !== card), card];
    this.update();
  }

  // Cards that are shown or gone need no strip.
  update(shown) {
    this.waiting = this.waiting.filter((one) => one.isConnected && one !== shown);
    const { card, place } = this;
    place.hidden = !card;
    if (!card) return;
    place.dataset.phase = card.dataset.phase;
    const texts = {
      phase: card.querySelector("[data-phase-word]"),
      name: card.querySelector(".name"),
      why: card.querySelector(".why li"),
    };
    for (const [name, from] of Object.entries(texts)) {
      const text = (from?.textContent ?? "").replace(/\s+/g, " ").trim();
      const to = place.querySelector(`[data-strip-${name}]`);
      if (to.textContent !== text) to.textContent = text;
    }
  }
}
