// The record of a card and the code word: what is sent with them, and the answers.
import { undecided } from "./conflicts.js";
import { codeWordVerified, gather } from "./forms.js";

// Returns the function that finishes a card.
export function writing(connection, drafts, unsent) {
  async function finish(card) {
    if (undecided(card)) return;
    await gather(card);
    if (!unsent.settled(card, () => finish(card))) return;
    const id = card.dataset.card;
    drafts.flushCard(id); // sent before the finish
    const answer = await connection.ask({ type: "finish", card: id });
    if (answer.ok) return;
    showAnswer(card, "finish", answer.text);
    if (!answer.lost) lacking(card)?.focus();
  }
  document.addEventListener("submit", async (event) => {
    const form = event.target, card = form.closest("article.card");
    if (!card) return;
    event.preventDefault();
    if ("record" in form.dataset) await finish(card);
    if ("verify" in form.dataset) await verify(connection, card, form);
  });
  return finish;
}

// The field without which a card is not finished.
function lacking(card) {
  const named = ["question", "topic"].map((name) => card.querySelector(`[data-field="${name}"]`));
  return named.find((field) => !field.value.trim());
}

async function verify(connection, card, form) {
  const input = form.elements.word;
  if (!input.value.trim()) return;
  const answer = await connection.ask({ type: "verify", card: card.dataset.card, word: input.value });
  if (!answer.lost) input.value = "";
  showAnswer(card, "verify", answer.text, answer.ok);
  if (answer.ok) codeWordVerified(card);
}

function showAnswer(card, name, text, ok = false) {
  const place = card.querySelector(`[data-answer="${name}"]`);
  place.textContent = text;
  place.classList.toggle("good", ok);
}
