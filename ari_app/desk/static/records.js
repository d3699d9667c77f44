// A subscriber who was found: open a card without a call, or link a call to them.
export function records(found, cards, connection, notice) {
  async function ask(message) {
    const answer = await connection.ask(message);
    if (answer.text) notice(answer.text);
    if (!answer.ok) return;
    found.hidden = true;
    cards.show(answer.card, true);
  }
  found.addEventListener("click", ({ target }) => {
    const subscriber = target.closest("[data-open-record]")?.dataset.openRecord;
    if (subscriber) ask({ type: "record", subscriber: Number(subscriber) });
  });
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-more-history]");
    if (!button || button.ariaBusy === "true") return;
    const { moreHistory: subscriber, before } = button.dataset;
    button.ariaBusy = "true"; // it is on its way
    const message = { type: "history", subscriber: Number(subscriber), before };
    const answer = await connection.ask(message);
    button.ariaBusy = null;
    if (!answer.ok) {
      notice(answer.text || document.getElementById("lost").textContent);
      return;
    }
    const free = [button, document.body].includes(document.activeElement);
    const more = button.closest("li"), list = more.parentElement, at = list.children.length - 1;
    more.insertAdjacentHTML("beforebegin", answer.html); // from our server, which escapes
    more.remove();
    const first = list.children[at];
    first?.setAttribute("tabindex", "-1");
    if (free) first?.focus();
  });
  found.addEventListener("submit", (event) => {
    const { link } = event.target.dataset;
    if (!link) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { card, how } = Object.fromEntries(new FormData(event.target));
    ask({ type: "link", card, subscriber: Number(link), how });
  });
}
