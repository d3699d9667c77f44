// What opens beside the card: search, tickets, the menu of the page; and how Escape closes it.
import { bringIntoSight } from "./focus.js";
import { notice } from "./notices.js";
import { renew } from "./put.js";
import { goTo, mayDrop, typedIn } from "./unsent.js";

const $ = (id) => document.getElementById(id);

export class Panels {
  constructor(connection) {
    this.connection = connection;
    this.opener = undefined; // what had the focus before the panel of search and tickets opened
    $("search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.show({ type: "search", text: $("sought").value });
    });
    $("found").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(event.target);
    });
    document.addEventListener("click", ({ target }) => {
      if (!$("menu").contains(target)) $("menu").open = false;
      if (target.closest("[data-tickets]")) this.show({ type: "tickets" });
      if (!$("found").contains(target)) return;
      const { view, ticket } = target.closest("[data-view], [data-ticket]")?.dataset ?? {};
      if (view) this.show({ type: "view", subscriber: Number(view), text: $("sought").value });
      if (ticket) this.show({ type: "ticket", id: Number(ticket) });
      if (target.closest("[data-close]")) this.closeFound();
    });
  }

  // The forms of the panel: why a record is opened, and what becomes of a ticket.
  async submit(form) {
    const { to, note, why } = Object.fromEntries(new FormData(form));
    if (form.dataset.why) {
      await this.show({ type: "view", subscriber: Number(form.dataset.why), text: $("sought").value, why }, form);
    } else {
      await this.show({ type: "ticket", id: Number(form.dataset.change), to, note }, form);
    }
  }

  // The form of the panel that was filled in and not sent.
  get typed() { return $("found").hidden ? undefined : [...$("found").querySelectorAll("form")].find(typedIn); }

  // Whether the panel keeps what it shows, because of what is typed into another form than `but`.
  holds(but) {
    const { typed } = this;
    if (typed === but || mayDrop(typed, document.body.dataset.replace)) return false;
    goTo(typed);
    return true;
  }

  // Show the answer to a message, which may be what `form` of the panel sends.
  async show(message, form) {
    if (this.holds(form)) return;
    const before = document.activeElement;
    const answer = await this.connection.ask(message);
    notice(answer.text);
    if (answer.html) this.put(answer.html, before, form);
  }

  // Put into the panel what the server answered; `before` had the focus when it was asked.
  put(html, before, form) {
    if (this.holds(form)) return;
    const found = $("found");
    if (!found.contains(before)) this.opener = before;
    if (found.contains(document.activeElement)) found.focus({ preventScroll: true });
    renew(found, html); // nothing is taken over from another record or ticket
    found.hidden = false;
    bringIntoSight(found);
  }

  closeFound() {
    const found = $("found");
    if (!mayDrop(this.typed, document.body.dataset.escape)) return;
    const within = found.contains(document.activeElement) || document.activeElement === document.body;
    found.hidden = true;
    if (within) (this.opener?.checkVisibility?.() ? this.opener : $("cards")).focus({ preventScroll: true });
  }

  // Escape closes what is open around the focus, else the panel. Returns whether anything was.
  close(at) {
    const menu = $("menu");
    if (menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
      return true;
    }
    const box = at?.closest("[data-unsent]");
    if (box) {
      box.querySelector('[data-unsent-do="back"]').click();
      return true;
    }
    const place = at?.closest("[data-form-place]");
    const closing = place?.querySelector("[data-close-form]");
    if (closing) {
      const form = at.closest("form");
      if (mayDrop(form && typedIn(form) ? form : undefined, document.body.dataset.escape)) closing.click();
      return true;
    }
    const details = at?.closest(".card details[open]");
    if (details) {
      details.open = false; // what was typed is kept
      details.querySelector("summary").focus();
      return true;
    }
    if ($("found").hidden) return false;
    this.closeFound();
    return true;
  }
}
