// The forms of a card: sent to the server, which answers with what comes next. What is typed into
// them stays in the browser until they are done.
import { LocalStore } from "./local_store.js";
import { notice } from "./notices.js";
import { put } from "./put.js";

const store = new LocalStore(`firstline-forms-${document.body.dataset.agent}`);
const submissions = new WeakMap(); // form: what was sent of it last, and its key

// Returns a promise: the forms typed before are read.
export function forms(connection, drafts) {
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.form) return;
    event.preventDefault();
    submit(connection, drafts, event.target);
  });
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && target.dataset.loadForm) load(connection, target);
  }, true);
  document.addEventListener("input", ({ target }) => {
    if (target.form?.dataset.keep !== undefined) keep(target.form);
  });
  document.addEventListener("click", async ({ target }) => {
    const close = target.closest("[data-close-form]");
    if (close) clear(close.closest("[data-form-place]"));
    const button = target.closest("[data-supervise]")?.dataset;
    if (button) {
      const { supervise: agent, how } = button;
      const answer = await connection.ask({ type: "supervise", agent, how });
      notice(answer.text);
    }
  });
  return store.ready;
}

// The code word was verified: submit the form that waited for it.
export function codeWordVerified(card) {
  card.querySelector("[data-after-code-word]")?.requestSubmit();
}

// A card was (re)opened: fill in what was typed into its forms.
export function restore(card) {
  for (const form of card.querySelectorAll("form[data-keep]")) {
    const typed = Object.entries(store.get(nameOf(form))?.typed ?? {});
    for (const [name, text] of typed) form.elements[name].value = text;
  }
}

// Empty a form for good.
export async function drop(form) {
  if ("keep" in form.dataset) store.remove(nameOf(form));
  form.reset();
  const place = form.closest("[data-form-place]");
  place?.replaceChildren();
  await store.finished();
}

// Drop what was typed into forms of cards that are closed; `ids` are the open ones.
export function forget(ids) {
  for (const name of store.names()) if (!ids.has(name.split(":")[0])) store.remove(name);
}

function nameOf(form) { return `${cardOf(form)}:${form.dataset.form}`; }

function values(form) { return Object.fromEntries(new FormData(form)); }

function cardOf(element) { return element.closest("article.card").dataset.card; }

function keep(form, sent = store.get(nameOf(form))?.sent) {
  store.put(nameOf(form), { typed: values(form), sent });
}

// The key of a submission: the same as long as the same values are sent.
function keyOf(connection, form) {
  const filled = JSON.stringify(values(form));
  const last = submissions.get(form) ?? store.get(nameOf(form))?.sent;
  const sent = last?.filled === filled ? last : { filled, key: connection.key() };
  submissions.set(form, sent);
  if ("keep" in form.dataset) keep(form, sent);
  return sent.key;
}

// Send a form; resolves to whether it was done.
export async function submit(connection, drafts, form) {
  if (form.ariaBusy === "true") return false; // it is on its way
  form.ariaBusy = "true";
  const card = cardOf(form), shown = form.closest("article.card"); // an answer may replace the form
  drafts.flushCard(card); // sent first: a transfer shows the colleague everything that was typed
  const message = { type: "form", card, form: form.dataset.form, values: values(form) };
  const answer = await connection.ask(message, keyOf(connection, form));
  if (answer.ok) {
    submissions.delete(form);
    if ("keep" in form.dataset) {
      store.remove(nameOf(form));
      form.reset();
      await store.finished(); // else a page that is loaded again offers what was done
    }
  }
  form.ariaBusy = null;
  showAnswer(shown, answer);
  if (answer.html) show(form.closest("[data-form-place]") ?? form.nextElementSibling, answer.html);
  const box = form.closest("details");
  if (answer.ok && !answer.html && box) {
    const within = box.contains(document.activeElement);
    box.open = false;
    if (within) box.querySelector("summary").focus();
  }
  return answer.ok;
}

// A form that is loaded each time its box is opened.
async function load(connection, box) {
  const answer = await connection.ask({
    type: "form", card: cardOf(box), form: box.dataset.loadForm, values: {},
  });
  if (answer.html) show(box.querySelector("[data-form-place]"), answer.html);
  else showAnswer(box.closest("article.card"), answer);
}

// Whom a caller can be transferred to changed. What was chosen and cannot be reached any more is
// chosen no longer.
export function targets(html) {
  for (const select of document.querySelectorAll("[data-targets]")) {
    const chosen = select.value;
    select.innerHTML = html;
    select.value = chosen;
    if (select.selectedIndex < 0) select.value = "";
  }
}

function showAnswer(card, { ok, lost, text }) {
  const answer = card.querySelector('[data-answer="form"]');
  // What was sent may be done: once more with the same key is safe.
  answer.textContent = lost === "unanswered" ? document.body.dataset.again : text;
  answer.classList.toggle("good", ok);
}

function show(place, html) {
  place.replaceChildren(); // the next form, not this one filled in again
  put(place, html);
  const waiting = place.querySelector("[data-after-code-word]");
  const first = waiting
    ? place.closest("article.card").querySelector("[data-verify] input")
    : place.querySelector("input:not([type=hidden]), select, textarea, [data-focus], button");
  first?.focus();
}

function clear(place) {
  place.replaceChildren();
  place.closest(".actions").querySelector("[data-operation]").focus();
}
