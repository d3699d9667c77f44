// The page of the desk: shows what the server sends, and sends what the agent does.
import "./answers.js";
import { Connection } from "./connection.js";
import { Cards } from "./cards.js";
import { conflict } from "./conflicts.js";
import { Drafts } from "./drafts.js";
import { guardFocus } from "./focus.js";
import { drop, forms, submit, targets, report } from "./forms.js";
import { keys } from "./keys.js";
import { callbacks, due } from "./callbacks.js";
import { announce, mention, notice } from "./notices.js";
import { Panels } from "./panels.js";
import { Phone } from "./phone.js";
import { put } from "./put.js";
import { recording } from "./recording.js";
import { records } from "./records.js";
import { Strip } from "./strip.js";
import { tasks } from "./tasks.js";
import { run as timers } from "./timers.js";
import { Unsent } from "./unsent.js";
import { writing } from "./writing.js";

const $ = (id) => document.getElementById(id);
const root = document.documentElement;

const connection = new Connection({ lost, received, slow: mention, leave });
const drafts = new Drafts(document.body.dataset.agent, (message) => connection.send(message));
const strip = new Strip($("strip"), (id) => cards.show(id, true));
const cards = new Cards($("cards"), $("tabs"), drafts, strip);
const unsent = new Unsent((form) => submit(connection, drafts, form), (form) => drop(connection, form));
let leaving = ""; // where the page goes when the call is over
const phone = new Phone({
  agent: document.body.dataset.agent,
  cards,
  pause: () => connection.ask({ type: "state", ready: false, reason: "microphone" }),
  notice,
  free: () => { if (leaving) leave(leaving); },
});
timers();
guardFocus();
records($("found"), cards, connection, notice); // before what else is submitted there
tasks(cards, connection, notice, () => panels);
const panels = new Panels(connection);
callbacks(cards, connection, notice, () => panels.show({ type: "calls" }));
keys(cards, writing(connection, drafts, unsent), panels, () => phone.keys);
recording(connection, notice);
const ready = forms(connection, drafts);
Promise.all([drafts.ready, ready]).then(() => connection.connect()); // unsent drafts are read first

function received(message) {
  switch (message.type) {
    case "hello":
      if (message.build !== root.dataset.build && leave("")) return;
      put($("agent-state"), message.state);
      put($("queues"), message.queues);
      cards.replaceAll(message.cards);
      for (const card of cards.all()) report(connection, card, true);
      due(message.due);
      drafts.resend();
      phone.use(message.phone);
      break;
    case "card": cards.open(message.card, message.html); announce(message.announcement); break;
    case "part": cards.part(message.card, message.part, message.html); break;
    case "wrote": cards.wrote(message.card, message.field, message.text, message.key); break;
    case "conflict": conflict(cards, drafts, message); break;
    case "phase": cards.phase(message); announce(message.text); break;
    case "gone": cards.close(message.card); notice(message.text); break;
    case "saved": drafts.saved(message.key); break;
    case "stated": state(message.html); break;
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

// While the server is not there, the agent's state is not known.
function lost(is) {
  if ($("lost").hidden !== is) return;
  $("lost").hidden = !is;
  $("no-link").hidden = !is;
  $("agent-state").classList.toggle("stale", is);
}

function state(html) {
  const text = () => $("agent-state").querySelector(".state")?.textContent.trim();
  const before = text();
  put($("agent-state"), html);
  if (text() !== before) mention(text());
}

// Ready, pause, more wrap-up time.
$("agent-state").addEventListener("click", async (event) => {
  const wanted = event.target.closest("[data-state]")?.dataset.state;
  if (!wanted) return;
  if (wanted === "ready" && !await phone.usable()) return; // the page says why
  const reason = wanted === "pause" ? $("pause-reason").value : wanted === "wrap-up" ? "wrap-up" : "";
  notice((await connection.ask({ type: "state", ready: wanted === "ready", reason })).text);
});

// Leaving the page needs the server, too: without it there would be no page any more.
for (const type of ["click", "submit"]) document.addEventListener(type, (event) => {
  const leaves = type === "click" ? event.target.closest('a[href^="/"]') : event.target.method === "post";
  if (!leaves || $("lost").hidden) return;
  event.preventDefault();
  notice(document.body.dataset.notDone);
});
