// The desk in the browser: what the server tells is put into its place, what the agent does is said.
import { Wire } from "./wire.js";
import { Cards } from "./cards.js";
import { Drafts } from "./drafts.js";
import { forms } from "./forms.js";
import { keys } from "./keys.js";
import { run as timers, tick } from "./timers.js";

const $ = (id) => document.getElementById(id);
const root = document.documentElement;

const wire = new Wire({
  lost: (is) => { $("lost").hidden = !is; },
  told,
});
const drafts = new Drafts(document.body.dataset.agent, (said) => wire.say(said));
const cards = new Cards($("cards"), $("tabs"), drafts);
timers();
keys(cards, wire);
const ready = forms(wire, drafts, notice);
Promise.all([drafts.ready, ready]).then(() => wire.connect()); // what was not done is known first

function told(message) {
  switch (message.type) {
    case "hello":
      if (message.built !== root.dataset.built) { location.reload(); return; }
      cards.lay(message.cards);
      put($("standing"), message.state);
      put($("queues"), message.queues);
      drafts.resend();
      break;
    case "card": cards.open(message.card, message.html); aloud(message.told); break;
    case "part": cards.part(message.card, message.part, message.html); break;
    case "wrote": cards.wrote(message.card, message.field, message.text); break;
    case "phase": cards.phase(message); aloud(message.told); break;
    case "gone": cards.close(message.card); notice(message.told); break;
    case "saved": drafts.saved(message.key); break;
    case "stated": put($("standing"), message.html); break;
    case "queues": put($("queues"), message.html); break;
    case "answer": wire.answered(message); break;
    case "notice": notice(message.told); break;
  }
}

// HTML comes from our own server alone, which escapes what callers wrote.
function put(place, html) {
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  const chosen = place.querySelector("select")?.value;
  place.innerHTML = html;
  const select = place.querySelector("select");
  if (select && chosen) select.value = chosen;
  if (focused) $(focused)?.focus();
  tick();
}

function aloud(text) { $("aloud").textContent = text; }

function notice(text) {
  const line = document.createElement("p");
  line.textContent = text;
  $("notices").append(line);
  setTimeout(() => line.remove(), 8000);
}

// Ready, pause, more time.
$("standing").addEventListener("click", (event) => {
  const state = event.target.closest("[data-state]")?.dataset.state;
  if (!state) return;
  const reason = state === "pause" ? $("pause-reason").value : state === "wrap-up" ? "wrap-up" : "";
  wire.say({ type: "state", ready: state === "ready", reason });
});

// Search: the chronology of a subscriber opens in the same place.
$("search").addEventListener("submit", async (event) => {
  event.preventDefault();
  await show({ type: "look", text: $("sought").value });
});
$("found").addEventListener("click", async (event) => {
  const who = event.target.closest("[data-see]")?.dataset.see;
  if (who) await show({ type: "see", subscriber: Number(who), text: $("sought").value });
  const ticket = event.target.closest("[data-ticket]")?.dataset.ticket;
  if (ticket) await show({ type: "ticket", id: Number(ticket) });
  if (event.target.closest("[data-close]")) $("found").hidden = true;
});

$("found").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const { to, note } = Object.fromEntries(new FormData(form));
  await show({ type: "ticket", id: Number(form.dataset.change), to, note });
});
document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-tickets]")) await show({ type: "tickets" });
});

async function show(said) {
  const answer = await wire.ask(said);
  $("found").innerHTML = answer.html;
  $("found").hidden = false;
  if (answer.told) notice(answer.told);
}
