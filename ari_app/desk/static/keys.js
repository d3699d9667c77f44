// Keyboard shortcuts, and the finish and code word forms of cards.
import { codeWordVerified } from "./forms.js";

// `others` are further shortcuts, by the physical key.
export function keys(cards, connection, others) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      if (cards.current) finish(cards, connection, cards.current);
    } else if (event.altKey && !event.ctrlKey) {
      // By the physical key, so that it is the same in every keyboard layout.
      const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
      const card = digit && cards.all()[digit - 1];
      const shortcut = {
        KeyD: () => field(cards, "question"),
        KeyH: () => field(cards, "solution"),
        KeyJ: () => cards.current?.querySelector("[data-operation]")?.focus(),
        KeyA: () => document.getElementById("sought").focus(),
        KeyG: () => document.querySelector("#agent-state [data-state=ready], #agent-state [data-state=pause]")?.click(),
        ...others(),
      }[event.code];
      if (card) cards.show(card.dataset.card, true);
      else shortcut?.();
      if (card || shortcut) event.preventDefault();
    }
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const card = form.closest("article.card");
    if (!card) return;
    event.preventDefault();
    if ("record" in form.dataset) await finish(cards, connection, card);
    if ("verify" in form.dataset) await verify(connection, card, form);
  });
}

function field(cards, name) { cards.current?.querySelector(`[data-field="${name}"]`)?.focus(); }

async function finish(cards, connection, card) {
  const id = card.dataset.card;
  cards.drafts.flushCard(id); // sent before the finish
  const answer = await connection.ask({ type: "finish", card: id });
  if (!answer.ok) showAnswer(card, "finish", answer.text);
}

async function verify(connection, card, form) {
  const input = form.elements.word;
  if (!input.value.trim()) return;
  const answer = await connection.ask({ type: "verify", card: card.dataset.card, word: input.value });
  input.value = "";
  showAnswer(card, "verify", answer.text, answer.ok);
  if (answer.ok) codeWordVerified(card);
}

function showAnswer(card, name, text, ok = false) {
  const place = card.querySelector(`[data-answer="${name}"]`);
  place.textContent = text;
  place.classList.toggle("good", ok);
}
