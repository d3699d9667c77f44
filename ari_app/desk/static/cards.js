// The cards on the desk: one is seen, the others are named in the list beside it.
import { forget, restore } from "./forms.js";

const BUSY = 3000; // ms after the last key in which no other card pushes itself forward

export class Cards {
  constructor(place, list, drafts) {
    this.place = place;
    this.list = list;
    this.drafts = drafts;
    this.typedAt = 0;
    this.seen = "";
    drafts.changed = (card) => {
      if (card) this.saving(card);
      else for (const each of this.all()) this.saving(each.dataset.card);
    };
    drafts.found = (...what) => this.write(...what);
    place.addEventListener("input", (event) => this.typed(event.target));
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.see(button.dataset.card, true);
    });
  }

  all() { return [...this.place.querySelectorAll("article.card")]; }
  get(id) { return document.getElementById(`card-${id}`); }
  get current() { return this.get(this.seen); }

  // All cards that there are: known ones keep what is being typed.
  lay(htmls) {
    const made = htmls.map(parsed);
    const ids = new Set(made.map((card) => card.dataset.card));
    for (const card of this.all()) if (!ids.has(card.dataset.card)) card.remove();
    forget(ids);
    for (const card of made) this.take(card);
    if (!this.current) this.see(this.all().at(-1)?.dataset.card ?? "", false);
    this.tell();
  }

  open(id, html) {
    this.take(parsed(html));
    if (!this.busy()) this.see(id, false);
    this.tell();
  }

  take(made) {
    const id = made.dataset.card;
    const old = this.get(id);
    if (old) {
      for (const part of made.querySelectorAll("[data-part]")) {
        this.part(id, part.dataset.part, part.innerHTML);
      }
      old.querySelector(".head").replaceWith(made.querySelector(".head"));
      old.dataset.phase = made.dataset.phase;
      for (const { dataset: { field }, value } of made.querySelectorAll("[data-field]")) {
        if (this.drafts.unsaved(id, field) === undefined) this.write(id, field, value);
      }
    } else {
      made.hidden = true;
      this.place.append(made);
      for (const field of made.querySelectorAll("[data-field]")) {
        const unsaved = this.drafts.unsaved(id, field.dataset.field);
        if (unsaved !== undefined) field.value = unsaved;
      }
      restore(made);
    }
    this.saving(id);
  }

  part(id, part, html) {
    const place = this.get(id)?.querySelector(`[data-part="${part}"]`);
    if (place) place.innerHTML = html;
    if (part === "who") this.tell(); // now he has a name
  }

  // Written in another tab.
  wrote(id, name, text) {
    if (this.drafts.yields(id, name)) this.write(id, name, text);
  }

  write(id, name, text) {
    const field = this.get(id)?.querySelector(`[data-field="${name}"]`);
    if (field && field.value !== text) field.value = text;
  }

  phase({ card, phase, told, since }) {
    const it = this.get(card);
    if (!it) return;
    it.dataset.phase = phase;
    it.querySelector("[data-phase-word]").textContent = told;
    it.querySelector(".head .timer").dataset.since = since;
    if (phase === "talking") this.see(card, false);
    this.tell();
  }

  close(id) {
    this.get(id)?.remove();
    if (this.seen === id) this.see(this.all().at(-1)?.dataset.card ?? "", false);
    this.tell();
  }

  // Show a card; ``go`` also moves the focus to it.
  see(id, go) {
    this.seen = id;
    for (const card of this.all()) card.hidden = card.dataset.card !== id;
    if (go) this.current?.focus();
    this.tell();
  }

  typed(field) {
    const card = field.closest("article.card")?.dataset.card;
    if (!card) return;
    this.typedAt = Date.now();
    if (!field.dataset.field) return;
    this.drafts.typed(card, field.dataset.field, field.value);
  }

  busy() {
    return this.current !== null && Date.now() - this.typedAt < BUSY;
  }

  saving(id) {
    const place = this.get(id)?.querySelector("[data-saving]");
    if (!place) return;
    const dirty = this.drafts.dirty(id);
    place.classList.toggle("unsaved", dirty);
    place.dataset.safe = String(this.drafts.safe);
    place.textContent = dirty ? place.dataset.unsaved : place.dataset.saved;
  }

  // The list of cards, by number: Alt+1 is the first.
  tell() {
    document.getElementById("none").hidden = this.all().length > 0;
    this.list.replaceChildren(...this.all().map((card) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.card = card.dataset.card;
      button.dataset.phase = card.dataset.phase;
      button.setAttribute("aria-current", String(card.dataset.card === this.seen));
      const name = card.querySelector(".full")?.textContent ?? "";
      button.textContent = [card.querySelector(".number").textContent, name].join(" ").trim();
      line.append(button);
      return line;
    }));
  }
}

function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.querySelector("article");
}
