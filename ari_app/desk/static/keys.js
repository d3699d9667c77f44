// What is done by keyboard, and the forms of cards that a button sends as well.
import { proven } from "./forms.js";

export function keys(cards, wire) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      if (cards.current) finish(cards, wire, cards.current);
    } else if (event.altKey && !event.ctrlKey) {
      // By the place of the key, so that it is the same in every layout.
      const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
      const card = digit && cards.all()[digit - 1];
      const deed = {
        KeyD: () => field(cards, "question"),
        KeyH: () => field(cards, "solution"),
        KeyJ: () => cards.current?.querySelector("[data-deed]")?.focus(),
        KeyA: () => document.getElementById("sought").focus(),
        KeyG: () => document.querySelector("#standing [data-state=ready], #standing [data-state=pause]")?.click(),
      }[event.code];
      if (card) cards.see(card.dataset.card, true);
      else deed?.();
      if (card || deed) event.preventDefault();
    }
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const card = form.closest("article.card");
    if (!card) return;
    event.preventDefault();
    if ("record" in form.dataset) await finish(cards, wire, card);
    if ("verify" in form.dataset) await verify(wire, card, form);
  });
}

function field(cards, name) { cards.current?.querySelector(`[data-field="${name}"]`)?.focus(); }

async function finish(cards, wire, card) {
  const id = card.dataset.card;
  cards.drafts.settle(id); // sent before the end, in this order
  const answer = await wire.ask({ type: "finish", card: id });
  if (!answer.ok) tell(card, "finish", answer.told);
}

async function verify(wire, card, form) {
  const input = form.elements.word;
  if (!input.value.trim()) return;
  const answer = await wire.ask({ type: "verify", card: card.dataset.card, word: input.value });
  input.value = "";
  tell(card, "verify", answer.told, answer.ok);
  if (answer.ok) proven(card);
}

function tell(card, name, told, ok = false) {
  const place = card.querySelector(`[data-answer="${name}"]`);
  place.textContent = told;
  place.classList.toggle("good", ok);
}
