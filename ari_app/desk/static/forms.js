// The forms of a card: sent to the server, which answers with what comes next. What is typed into
// them stays in the browser until they are done.
import { undecided } from "./conflicts.js";
import { LocalStore } from "./local_store.js";
import { click } from "./phone/clicked.js";
import { notice } from "./notices.js";
import { renew } from "./put.js";
import { goTo, mayDrop, typedIn, unsent } from "./unsent.js";

const store = new LocalStore(`firstline-forms-${document.body.dataset.agent}`);
const submissions = new WeakMap(); // form: what was sent of it last, and its key
const reported = new WeakMap(); // card: whether the server knows that a form of it is filled in

// Returns a promise: the forms typed before are read.
export function forms(connection, drafts) {
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.form) return;
    event.preventDefault();
    submit(connection, drafts, event.target);
  });
  document.addEventListener("toggle", ({ target }) => {
    if (!target.open || !target.dataset.loadForm) return;
    if (![...target.querySelectorAll("form")].some(unsent)) load(connection, target);
  }, true);
  document.addEventListener("input", ({ target }) => {
    if (target.form?.dataset.keep === undefined) return;
    keep(target.form);
    report(connection, target.closest("article.card"));
  });
  document.addEventListener("click", async ({ target }) => {
    const close = target.closest("[data-close-form]");
    if (close) clear(close.closest("[data-form-place]"));
    const button = target.closest("[data-supervise]")?.dataset;
    if (button) {
      const { supervise: agent, how } = button;
      if (how !== "stop") click();
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
export function restore(card, names = store.names()) {
  for (const form of card.querySelectorAll("form[data-keep]")) {
    if (!names.includes(nameOf(form))) continue;
    const typed = Object.entries(store.get(nameOf(form)).typed);
    for (const [name, text] of typed) form.elements[name].value = text;
  }
}

// Fill in what was typed into the forms of a card in other tabs.
export async function gather(card) { restore(card, await store.load()); }

// A card whose call was not answered stays as long as a form of it is filled in: the server hears
// of that. A new connection may be to a server that does not know it.
export function report(connection, card, again = false) {
  const filled = [...card.querySelectorAll("form[data-keep]")].some(typedIn);
  if (filled === (!again && (reported.get(card) ?? false))) return;
  const text = filled ? "filled in" : "";
  const message = { type: "save", card: card.dataset.card, field: "forms", text };
  reported.set(card, connection.send({ ...message, key: connection.key() }) && filled);
}

// Empty a form for good.
export async function drop(connection, form) {
  if ("keep" in form.dataset) store.remove(nameOf(form));
  form.reset();
  report(connection, form.closest("article.card"));
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
  const card = cardOf(form), shown = form.closest("article.card"); // an answer may replace the form
  const place = form.closest("[data-form-place]") ?? form.nextElementSibling, at = document.activeElement;
  if (form.dataset.form === "transfer" && undecided(shown)) return false;
  if (place?.matches("[data-form-place]") && !place.contains(form)) {
    const left = [...place.querySelectorAll("form")].find(unsent);
    if (!mayDrop(left, document.body.dataset.replace)) {
      goTo(left);
      return false;
    }
  }
  form.ariaBusy = "true";
  drafts.flushCard(card); // sent first: a transfer shows the colleague everything that was typed
  const message = { type: "form", card, form: form.dataset.form, values: values(form) };
  const answer = await connection.ask(message, keyOf(connection, form));
  if (answer.ok) {
    submissions.delete(form);
    if (!answer.html) form.reset();
    if ("keep" in form.dataset) {
      store.remove(nameOf(form));
      report(connection, shown);
      await store.finished(); // else a page that is loaded again offers what was done
    }
  }
  form.ariaBusy = null;
  showAnswer(shown, answer);
  if (answer.html) show(place, answer.html, at);
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
  const at = document.activeElement;
  const answer = await connection.ask({
    type: "form", card: cardOf(box), form: box.dataset.loadForm, values: {},
  });
  if (answer.html) show(box.querySelector("[data-form-place]"), answer.html, at);
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

// The next form, which gets the focus unless that went on from where it was: `at`.
function show(place, html, at) {
  const now = document.activeElement, free = now === at || now === document.body || !at.isConnected;
  renew(place, html);
  if (!free) return;
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
