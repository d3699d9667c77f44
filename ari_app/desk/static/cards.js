// The open cards: one is shown, the others are listed beside it.
import { forget, restore } from "./forms.js";

const BUSY = 3000; // ms after the last key in which no other card comes to the front

// Open the page of another system for a new card, in one of the agent's tabs. Where the browser
// blocks it the link in the card is left.
function pop(link, id) {
  if (!link || localStorage.getItem("popped") === id) return;
  localStorage.setItem("popped", id);
  window.open(link.href, "_blank", "noopener,noreferrer");
}

export class Cards {
  constructor(place, list, drafts) {
    this.place = place;
    this.list = list;
    this.drafts = drafts;
    this.typedAt = 0;
    this.shown = "";
    this.changed = () => {}; // called when cards come, go, or change their phase or order
    drafts.changed = (card) => {
      if (card) this.saving(card);
      else for (const each of this.all()) this.saving(each.dataset.card);
    };
    drafts.found = (...args) => this.write(...args);
    place.addEventListener("input", (event) => this.typed(event.target));
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.show(button.dataset.card, true);
    });
  }

  all() { return [...this.place.querySelectorAll("article.card")]; }
  get(id) { return document.getElementById(`card-${id}`); }
  get current() { return this.get(this.shown); }

  // All open cards, after a (re)connect: those already here keep what is being typed.
  replaceAll(htmls) {
    const made = htmls.map(parsed);
    const ids = new Set(made.map((card) => card.dataset.card));
    for (const card of this.all()) if (!ids.has(card.dataset.card)) card.remove();
    forget(ids);
    for (const card of made) this.take(card);
    if (!this.current) this.show(this.all().at(-1)?.dataset.card ?? "", false);
    this.updateList();
  }

  open(id, html) {
    this.take(parsed(html));
    pop(this.get(id)?.querySelector("[data-screen-pop]"), id);
    if (!this.busy()) this.show(id, false);
    this.updateList();
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
      if (old.dataset.subscriber !== made.dataset.subscriber) linked(old, made);
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
    if (!place) return;
    const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
    const locked = place.querySelector("[data-locked]");
    place.innerHTML = html;
    if (focused) document.getElementById(focused)?.focus();
    if (locked && !place.querySelector("[data-locked]")) { // what was said of it is over
      this.get(id).querySelector('[data-answer="verify"]')?.replaceChildren();
    }
    if (part === "subscriber") this.updateList(); // the name is known now
  }

  // Written in another tab.
  wrote(id, name, text) {
    if (this.drafts.yields(id, name)) this.write(id, name, text);
  }

  write(id, name, text) {
    const field = this.get(id)?.querySelector(`[data-field="${name}"]`);
    if (field && field.value !== text) field.value = text;
  }

  phase({ card, phase, text, since }) {
    const element = this.get(card);
    if (!element) return;
    element.dataset.phase = phase;
    element.querySelector("[data-phase-word]").textContent = text;
    element.querySelector(".head .timer").dataset.since = since;
    if (phase === "talking") this.show(card, false);
    this.updateList();
  }

  close(id) {
    this.get(id)?.remove();
    if (this.shown === id) this.show(this.all().at(-1)?.dataset.card ?? "", false);
    this.updateList();
  }

  // Show a card; `focus` also moves the keyboard focus to it.
  show(id, focus) {
    this.shown = id;
    for (const card of this.all()) card.hidden = card.dataset.card !== id;
    if (focus) this.current?.focus();
    this.updateList();
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
  updateList() {
    document.getElementById("none").hidden = this.all().length > 0;
    this.list.replaceChildren(...this.all().map((card) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.card = card.dataset.card;
      button.dataset.phase = card.dataset.phase;
      button.setAttribute("aria-current", String(card.dataset.card === this.shown));
      const name = card.querySelector(".full")?.textContent ?? "";
      button.textContent = [card.querySelector(".number").textContent, name].join(" ").trim();
      line.append(button);
      return line;
    }));
    this.changed();
  }
}

// The card is about another subscriber now: what can be done is made again, what was typed stays.
function linked(old, made) {
  old.dataset.subscriber = made.dataset.subscriber;
  for (const piece of made.querySelectorAll("[data-piece]")) {
    old.querySelector(`[data-piece="${piece.dataset.piece}"]`).innerHTML = piece.innerHTML;
  }
  restore(old);
}

function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.querySelector("article");
}
