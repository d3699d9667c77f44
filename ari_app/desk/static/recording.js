// The recording of a call: paused by its button, and by itself while a secret is asked for.
const SECRET = "[data-verify] input, input[type=password]";
const asked = new Set(); // cards in whose fields for secrets the cursor is

export function recording(connection, notice) {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-record]");
    if (!button) return;
    await pause(connection, notice, cardOf(button), button.dataset.record === "on", "agent");
  });
  document.addEventListener("focusin", ({ target }) => begin(connection, notice, target));
  document.addEventListener("input", ({ target }) => begin(connection, notice, target));
  document.addEventListener("focusout", ({ target }) => {
    const card = target.matches(SECRET) && cardOf(target);
    if (card && asked.delete(card)) pause(connection, notice, card, false, "secret");
  });
}

function begin(connection, notice, field) {
  const card = field.matches(SECRET) && cardOf(field);
  if (!card || asked.has(card)) return;
  asked.add(card);
  pause(connection, notice, card, true, "secret");
}

function cardOf(element) { return element.closest("article.card")?.dataset.card; }

async function pause(connection, notice, card, on, why) {
  const answer = await connection.ask({ type: "recording", card, pause: on, why });
  if (!answer.ok && on) notice(answer.text);
}
