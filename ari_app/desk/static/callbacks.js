// Calls that are to be made: the list, the strip of those that are due, and their buttons.

import { click } from "./phone/clicked.js";
import { mention } from "./notices.js";
import { put } from "./put.js";

// What is due now; a screen reader says the first of it when that changes.
export function due(html) {
  const strip = document.getElementById("due-calls");
  if (!put(strip, html)) return;
  strip.hidden = html.trim() === "";
  const first = [...strip.querySelectorAll("h2, li:first-child > p:first-child")];
  if (first.length) mention(first.map((one) => one.textContent.replace(/\s+/g, " ").trim()).join(": "));
}

// `list` shows the list of all.
export function callbacks(cards, connection, notice, list) {
  document.addEventListener("click", async ({ target }) => {
    if (target.closest("[data-calls]")) { list(); return; }
    const button = target.closest("[data-callback]");
    if (!button) return;
    const { callback, do: what } = button.dataset;
    if (button.ariaBusy === "true") return; // it is on its way
    button.ariaBusy = "true";
    if (what === "call") click();
    const answer = await connection.ask({ type: "callback", id: Number(callback), do: what });
    button.ariaBusy = null;
    notice(answer.text);
    if (answer.card) cards.show(answer.card, true);
    else if (document.querySelector("#found:not([hidden]) [data-calls-list]")) list();
  });
}
