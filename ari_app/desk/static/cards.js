// The open cards: one is shown, the others are listed beside it.
import { bringIntoSight, typing } from "./focus.js";
import { forget, restore } from "./forms.js";
import { mention } from "./notices.js";
import { put } from "./put.js";

const LONG = 3000; // ms for which something is unsaved before screen readers hear of it

// Open the page of another system for a new card, in one of the agent's tabs. Where the browser
// blocks it the link in the card is left.
function pop(link, id) {
  if (!link || localStorage.getItem("popped") === id) return;
  localStorage.setItem("popped", id);
  window.open(link.href, "_blank", "noopener,noreferrer");
}

export class Cards {
  constructor(place, list, drafts, strip) {
    this.place = place;
    this.list = list;
    this.drafts = drafts;
    this.strip = strip;
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
    if (!this.current) this.next();
    this.updateList();
  }

  open(id, html) {
    this.take(parsed(html));
    pop(this.get(id)?.querySelector("[data-screen-pop]"), id);
    this.offer(id);
  }

  // Bring a card to the front; while somebody types into another one, the strip shows it.
  offer(id) {
    if (this.shown !== id && this.current && typing()) this.strip.add(this.get(id));
    else this.show(id, false);
    this.updateList();
  }

  take(made) {
    const id = made.dataset.card;
    const old = this.get(id);
    if (old) {
      for (const part of made.querySelectorAll("[data-part]")) {
        this.part(id, part.dataset.part, part.innerHTML);
      }
      old.querySelector("[data-phase-word]").textContent = made.querySelector("[data-phase-word]").textContent;
      old.querySelector(".head .timer").dataset.since = made.dataset.since;
      old.dataset.phase = made.dataset.phase;
      if (old.dataset.subscriber !== made.dataset.subscriber) linked(old, made);
      for (const { dataset: { field, key }, value } of made.querySelectorAll("[data-field]")) {
        if (this.drafts.unsaved(id, field) === undefined) this.write(id, field, value);
        this.drafts.shown(id, field, this.drafts.unsaved(id, field) === undefined ? key : "");
      }
    } else {
      made.hidden = true;
      this.place.append(made);
      for (const field of made.querySelectorAll("[data-field]")) {
        const unsaved = this.drafts.unsaved(id, field.dataset.field);
        if (unsaved !== undefined) field.value = unsaved;
        else this.drafts.shown(id, field.dataset.field, field.dataset.key);
      }
      restore(made);
    }
    this.saving(id);
  }

  part(id, part, html) {
    const place = this.get(id)?.querySelector(`[data-part="${part}"]`);
    if (!place) return;
    const locked = place.querySelector("[data-locked]");
    const changed = put(place, html);
    if (locked && !place.querySelector("[data-locked]")) { // what was said of it is over
      this.get(id).querySelector('[data-answer="verify"]')?.replaceChildren();
    }
    if (changed && (part === "who" || part === "why")) this.updateList();
  }

  // Written in another tab.
  wrote(id, name, text, key) {
    if (!this.drafts.yields(id, name)) return;
    this.write(id, name, text);
    this.drafts.shown(id, name, key);
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
    if (phase === "talking") this.offer(card);
    this.updateList();
  }

  close(id) {
    const closed = this.get(id), focused = closed?.contains(document.activeElement);
    if (this.shown === id) this.next(closed);
    closed?.remove();
    if (focused) (this.current ?? this.place).focus({ preventScroll: true });
    this.updateList();
  }

  // Show the card that is waited for, or the newest, but for one that closes.
  next(but) {
    const waits = this.strip.card === but ? undefined : this.strip.card;
    const card = waits ?? this.all().filter((one) => one !== but).at(-1);
    this.show(card?.dataset.card ?? "", false);
  }

  // Show a card from its beginning. The keyboard focus goes with it if the card that had it is
  // hidden by that, if nothing has it, or with `focus`.
  show(id, focus) {
    const { current } = this, at = document.activeElement;
    const free = !at || at === document.body || at === this.place || current?.contains(at);
    this.shown = id;
    for (const card of this.all()) card.hidden = card.dataset.card !== id;
    const shown = this.current;
    if (shown && shown !== current && (focus || free)) shown.focus({ preventScroll: true });
    else if (shown && focus) shown.focus({ preventScroll: true });
    if (shown && (shown !== current || focus)) bringIntoSight(shown);
    this.updateList();
  }

  typed(field) {
    const card = field.closest("article.card")?.dataset.card;
    if (!card) return;
    if (field.dataset.field) this.drafts.typed(card, field.dataset.field, field.value);
  }

  saving(id) {
    const place = this.get(id)?.querySelector("[data-saving]");
    if (!place) return;
    const dirty = this.drafts.dirty(id);
    place.classList.toggle("unsaved", dirty);
    place.dataset.safe = String(this.drafts.safe);
    const text = dirty ? place.dataset.unsaved : place.dataset.saved;
    if (place.textContent !== text) place.textContent = text;
    this.mentionLater(dirty, text);
  }

  // Screen readers hear of what stays unsaved, and that it is saved then: not of each burst.
  mentionLater(dirty, text) {
    if (!dirty) {
      clearTimeout(this.late);
      if (this.mentioned) mention(text);
      this.late = this.mentioned = undefined;
    } else {
      this.late ??= setTimeout(() => { this.mentioned = true; mention(text); }, LONG);
    }
  }

  // The list of cards, by number: Alt+1 is the first.
  updateList() {
    document.getElementById("none").hidden = this.all().length > 0;
    const lines = new Map([...this.list.children].map((line) => [line.firstChild.dataset.card, line]));
    const cards = this.all();
    for (const card of cards) {
      const line = lines.get(card.dataset.card) ?? tabOf(card);
      lines.delete(card.dataset.card);
      const button = line.firstChild;
      button.dataset.phase = card.dataset.phase;
      button.setAttribute("aria-current", String(card.dataset.card === this.shown));
      const names = [...card.querySelectorAll(".name .full, .name .number")];
      const text = names.map((one) => one.textContent).join(" ");
      if (button.textContent !== text) button.textContent = text;
      if (!line.isConnected) this.list.append(line);
    }
    for (const line of lines.values()) line.remove();
    this.strip.update(this.current);
    this.changed();
  }
}

// The card is about another subscriber now: what can be done is made again, what was typed stays.
function linked(old, made) {
  old.dataset.subscriber = made.dataset.subscriber;
  for (const piece of made.querySelectorAll("[data-piece]")) {
    put(old.querySelector(`[data-piece="${piece.dataset.piece}"]`), piece.innerHTML);
  }
  restore(old);
}

function tabOf(card) {
  const line = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.card = card.dataset.card;
  line.append(button);
  return line;
}

function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.querySelector("article");
}
