// The forms of a card: what is filled in is said to the server, which shows what comes next. What
// is typed into them stays in the browser until it is done.
import { Kept } from "./kept.js";

const kept = new Kept(`firstline-forms-${document.body.dataset.agent}`);
const fillings = new WeakMap(); // form: what was sent of it last, and under which key

// Returns when it is known what was typed before.
export function forms(wire, drafts, notice) {
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.form) return;
    event.preventDefault();
    send(wire, drafts, event.target);
  });
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && target.dataset.fresh) open(wire, target);
  }, true);
  document.addEventListener("input", ({ target }) => {
    if (target.form?.dataset.keeps !== undefined) keep(target.form);
  });
  document.addEventListener("click", async ({ target }) => {
    const empty = target.closest("[data-empty]");
    if (empty) clear(empty.closest("[data-place]"));
    const mentor = target.closest("[data-mentor]")?.dataset;
    if (mentor) {
      const answer = await wire.ask({ type: "mentor", agent: mentor.mentor, how: mentor.how });
      notice(answer.told || document.getElementById("lost").textContent);
    }
  });
  return kept.ready;
}

// The caller told his code word: what waited for it goes on.
export function proven(card) { card.querySelector("[data-waits]")?.requestSubmit(); }

// A card lies there (again): what was typed into its forms stands in them.
export function restore(card) {
  for (const form of card.querySelectorAll("form[data-keeps]")) {
    const typed = Object.entries(kept.get(place(form))?.typed ?? {});
    for (const [name, text] of typed) form.elements[name].value = text;
  }
}

// What was typed into forms of cards that are no more goes.
export function forget(ids) {
  for (const at of kept.names()) if (!ids.has(at.split(":")[0])) kept.remove(at);
}

function place(form) { return `${cardOf(form)}:${form.dataset.form}`; }

function values(form) { return Object.fromEntries(new FormData(form)); }

function cardOf(element) { return element.closest("article.card").dataset.card; }

function keep(form, sent = kept.get(place(form))?.sent) {
  kept.put(place(form), { typed: values(form), sent });
}

// Sent again, after a broken connection or a crash, it has the same key: nothing is done twice.
function keyOf(wire, form) {
  const filled = JSON.stringify(values(form));
  const last = fillings.get(form) ?? kept.get(place(form))?.sent;
  const sent = last?.filled === filled ? last : { filled, key: wire.key() };
  fillings.set(form, sent);
  if ("keeps" in form.dataset) keep(form, sent);
  return sent.key;
}

async function send(wire, drafts, form) {
  const button = form.querySelector("button");
  if (button.disabled) return; // it is on its way
  button.disabled = true;
  drafts.settle(cardOf(form)); // sent before: who is passed on to a colleague is so with all of it
  const said = { type: "form", card: cardOf(form), form: form.dataset.form, values: values(form) };
  const answer = await wire.ask(said, keyOf(wire, form));
  button.disabled = false;
  tell(form, answer);
  if (answer.html) show(form.closest("[data-place]") ?? form.nextElementSibling, answer.html);
  if (!answer.ok) return;
  fillings.delete(form);
  if ("keeps" in form.dataset) {
    kept.remove(place(form));
    form.reset();
  }
  if (!answer.html) {
    const box = form.closest("details");
    box.open = false;
    box.querySelector("summary").focus();
  }
}

// A form that is made anew whenever it is looked at.
async function open(wire, box) {
  const answer = await wire.ask({
    type: "form", card: cardOf(box), form: box.dataset.fresh, values: {},
  });
  if (answer.html) show(box.querySelector("[data-place]"), answer.html);
  else tell(box, answer);
}

function tell(element, { ok, told, html }) {
  const answer = element.closest(".deeds").querySelector('[data-answer="form"]');
  answer.textContent = told || (ok || html ? "" : answer.dataset.lost);
  answer.classList.toggle("good", ok);
}

function show(place, html) {
  place.innerHTML = html; // of our server, which escapes what others wrote
  const waits = place.querySelector("[data-waits]");
  const first = waits
    ? place.closest("article.card").querySelector("[data-verify] input")
    : place.querySelector("input:not([type=hidden]), select, textarea, [data-first], button");
  first?.focus();
}

function clear(place) {
  place.replaceChildren();
  place.closest(".deeds").querySelector("[data-deed]").focus();
}
