// The page of the desk: shows what the server sends, and sends what the agent does.
import { Connection } from "./connection.js";
import { Cards } from "./cards.js";
import { Drafts } from "./drafts.js";
import { forms, targets } from "./forms.js";
import { keys } from "./keys.js";
import { callbacks, due } from "./callbacks.js";
import { Phone } from "./phone.js";
import { records } from "./records.js";
import { recording } from "./recording.js";
import { run as timers, tick } from "./timers.js";

const $ = (id) => document.getElementById(id);
const root = document.documentElement;

const connection = new Connection({
  lost: (is) => { $("lost").hidden = !is; },
  received,
  leave,
});
const drafts = new Drafts(document.body.dataset.agent, (message) => connection.send(message));
const cards = new Cards($("cards"), $("tabs"), drafts);
let leaving = ""; // where the page goes when the call is over
const phone = new Phone({
  agent: document.body.dataset.agent,
  cards,
  pause: () => connection.send({ type: "state", ready: false, reason: "microphone" }),
  notice,
  free: () => { if (leaving) leave(leaving); },
});
timers();
keys(cards, connection, () => phone.keys);
records($("found"), cards, connection, notice); // before what else is submitted there
recording(connection, notice);
const ready = forms(connection, drafts, notice);
Promise.all([drafts.ready, ready]).then(() => connection.connect()); // unsent drafts are read first

function received(message) {
  switch (message.type) {
    case "hello":
      if (message.build !== root.dataset.build && leave("")) return;
      cards.replaceAll(message.cards);
      put($("agent-state"), message.state);
      put($("queues"), message.queues);
      due(message.due);
      drafts.resend();
      phone.use(message.phone);
      break;
    case "card": cards.open(message.card, message.html); announce(message.announcement); break;
    case "part": cards.part(message.card, message.part, message.html); break;
    case "wrote": cards.wrote(message.card, message.field, message.text); break;
    case "phase": cards.phase(message); announce(message.text); break;
    case "gone": cards.close(message.card); notice(message.text); break;
    case "saved": drafts.saved(message.key); break;
    case "stated": put($("agent-state"), message.html); break;
    case "queues": put($("queues"), message.html); break;
    case "due": due(message.html); break;
    case "targets": targets(message.html); break;
    case "answer": connection.answered(message); break;
    case "notice": notice(message.text); break;
  }
}

// Load another page, or this one again; a call in the browser goes on until it is over. Returns
// whether the page is left now.
function leave(address) {
  if (phone.busy) {
    if (!leaving) notice($("phone").dataset.leaving);
    leaving = address || location.pathname;
    return false;
  }
  location.assign(address || location.pathname);
  return true;
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

// For screen readers.
function announce(text) { $("announcement").textContent = text; }

function notice(text) {
  const line = document.createElement("p");
  line.textContent = text;
  $("notices").append(line);
  setTimeout(() => line.remove(), 8000);
}

// Ready, pause, more wrap-up time.
$("agent-state").addEventListener("click", async (event) => {
  const state = event.target.closest("[data-state]")?.dataset.state;
  if (!state) return;
  if (state === "ready" && !await phone.usable()) return; // the page says why
  const reason = state === "pause" ? $("pause-reason").value : state === "wrap-up" ? "wrap-up" : "";
  connection.send({ type: "state", ready: state === "ready", reason });
});

// Search; a subscriber's chronology and tickets are shown in the same place.
$("search").addEventListener("submit", async (event) => {
  event.preventDefault();
  await show({ type: "search", text: $("sought").value });
});
$("found").addEventListener("click", async (event) => {
  const subscriber = event.target.closest("[data-view]")?.dataset.view;
  if (subscriber) {
    await show({ type: "view", subscriber: Number(subscriber), text: $("sought").value });
  }
  const ticket = event.target.closest("[data-ticket]")?.dataset.ticket;
  if (ticket) await show({ type: "ticket", id: Number(ticket) });
  if (event.target.closest("[data-close]")) $("found").hidden = true;
});

$("found").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const { to, note, why } = Object.fromEntries(new FormData(form));
  if (form.dataset.why) {
    await show({ type: "view", subscriber: Number(form.dataset.why), text: $("sought").value, why });
    return;
  }
  await show({ type: "ticket", id: Number(form.dataset.change), to, note });
});
callbacks(cards, connection, notice, () => show({ type: "calls" }));
document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-tickets]")) await show({ type: "tickets" });
});

async function show(message) {
  const answer = await connection.ask(message);
  if (answer.html) {
    $("found").innerHTML = answer.html;
    $("found").hidden = false;
  }
  if (answer.text) notice(answer.text);
}
