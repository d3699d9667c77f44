// Calls that are to be made: the list, the strip of those that are due, and their buttons.

// What is due now; a screen reader says it, since the strip is a status.
export function due(html) {
  const strip = document.getElementById("due-calls");
  const focused = document.activeElement?.closest("#due-calls [data-callback]")?.dataset;
  if (strip.innerHTML !== html) strip.innerHTML = html; // from our server, which escapes
  strip.hidden = html.trim() === "";
  if (!focused) return;
  const { callback, do: what } = focused;
  strip.querySelector(`[data-callback="${callback}"][data-do="${what}"]`)?.focus();
}

// `list` shows the list of all.
export function callbacks(cards, connection, notice, list) {
  document.addEventListener("click", async ({ target }) => {
    if (target.closest("[data-calls]")) { list(); return; }
    const button = target.closest("[data-callback]");
    if (!button) return;
    const { callback, do: what } = button.dataset;
    button.disabled = true; // it is on its way
    const answer = await connection.ask({ type: "callback", id: Number(callback), do: what });
    button.disabled = false;
    notice(answer.text || document.getElementById("lost").textContent);
    if (answer.card) cards.show(answer.card, true);
    else if (document.querySelector("#found:not([hidden]) [data-calls-list]")) list();
  });
}
