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
  found.addEventListener("submit", (event) => {
    const { link } = event.target.dataset;
    if (!link) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { card, how } = Object.fromEntries(new FormData(event.target));
    ask({ type: "link", card, subscriber: Number(link), how });
  });
}
