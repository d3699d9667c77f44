// Two tabs wrote into one field: the agent chooses, below the field, which text is to stay.

// Whether a choice is left in a card, which then gets the focus: what comes now would go without it.
export function undecided(card) {
  const choice = card.querySelector(".conflict [data-keep-mine]");
  choice?.focus();
  return Boolean(choice);
}

export function conflict(cards, drafts, message) {
  const { card, field, text } = message;
  const place = cards.get(card)?.querySelector(`[data-field="${field}"]`);
  if (!place || !drafts.conflict(message)) return;
  const there = place.nextElementSibling;
  if (there?.classList.contains("conflict")) there.remove(); // a newer one
  const made = place.form.querySelector("template[data-conflict]").content.cloneNode(true);
  const box = made.firstElementChild;
  const option = place.options && [...place.options].find((one) => one.value === text);
  box.querySelector("[data-theirs]").textContent = option ? option.textContent : text;
  box.querySelector("[data-take]").addEventListener("click", () => {
    place.value = drafts.takeTheirs(card, field);
    done();
  });
  box.querySelector("[data-keep-mine]").addEventListener("click", () => {
    drafts.keepMine(card, field);
    done();
  });
  function done() {
    box.remove();
    place.focus();
  }
  place.after(box);
}
