// The forms of a card: what is filled in is said to the server, which shows what comes next.
export function forms(wire, notice) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.form) return;
    event.preventDefault();
    await send(wire, form);
  });
  document.addEventListener("click", async (event) => {
    const empty = event.target.closest("[data-empty]");
    if (empty) clear(empty.closest("[data-place]"));
    const mentor = event.target.closest("[data-mentor]")?.dataset;
    if (mentor) {
      const answer = await wire.ask({ type: "mentor", agent: mentor.mentor, how: mentor.how });
      if (answer.told) notice(answer.told);
    }
  });
}

async function send(wire, form) {
  const deeds = form.closest(".deeds");
  const button = form.querySelector("button");
  if (button.disabled) return; // it is on its way
  button.disabled = true;
  const answer = await wire.ask({
    type: "form",
    card: form.closest("article.card").dataset.card,
    form: form.dataset.form,
    values: Object.fromEntries(new FormData(form)),
  });
  button.disabled = false;
  const told = deeds.querySelector('[data-answer="form"]');
  told.textContent = answer.told;
  told.classList.toggle("good", answer.ok);
  if (answer.html) {
    const place = deeds.querySelector("[data-place]");
    place.innerHTML = answer.html; // of our server, which escapes what others wrote
    place.querySelector("input:not([type=hidden]), select, button, [tabindex]")?.focus();
  }
  if (answer.ok && "clears" in form.dataset) {
    form.reset();
    form.closest("details").open = false;
  }
}

function clear(place) {
  place.replaceChildren();
  place.closest(".deeds").querySelector("[data-deed]").focus();
}
