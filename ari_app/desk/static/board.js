// The page of the board: shows what the server sends of the day, queues, people and who waits.
import { Alarm } from "./board/alarm.js";
import { Connection } from "./connection.js";
import { charts, redraw } from "./chart.js";
import { click } from "./phone/clicked.js";
import { notice } from "./notices.js";
import { put } from "./put.js";
import { Rows } from "./board/rows.js";
import { run as timers } from "./timers.js";

const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const { wall, agent } = document.body.dataset;

const connection = new Connection({
  path: `/board/wire${wall === undefined ? "" : "?wall"}`,
  lost: (is) => { $("lost").hidden = !is; document.body.classList.toggle("stale", is); },
  received,
  slow: notice,
  leave: (address) => location.assign(address),
});
const alarm = new Alarm($("alarms"), $("sound"));
const tables = new Map([...document.querySelectorAll("[data-rows]")].map((body) => [body.dataset.rows, new Rows(body)]));
let complete = false; // whether the whole board has come on this connection

charts();
timers();
clock();
setInterval(clock, 1000);
connection.connect();

function received(message) {
  switch (message.type) {
    case "board": board(message); break;
    case "alarm": alarm.raise(message.text); break;
    case "answer": connection.answered(message); break;
    case "notice": notice(message.text); break;
  }
}

function board({ build, parts = {}, rows = {} }) {
  if (build) {
    if (build !== root.dataset.build) { location.reload(); return; }
    complete = true;
  }
  if (!complete) return;
  if (parts.tiles !== undefined) put($("tiles"), parts.tiles);
  if (parts.day !== undefined) {
    put($("day").querySelector("[data-numbers]"), parts.day);
    redraw($("day").querySelector("[data-chart]"));
  }
  for (const [name, { order, html }] of Object.entries(rows)) tables.get(name)?.update(order, html);
  const away = tables.get("absent");
  if (away) {
    $("absent").hidden = away.size === 0;
    $("absent").querySelector("[data-count]").textContent = away.size;
  }
  const none = $("none-waits");
  if (none) none.hidden = tables.get("waiting").size > 0;
  for (const own of document.querySelectorAll(`[data-not="${CSS.escape(agent)}"]`)) own.hidden = true; // no one listens to themselves
}

// Everything that supervisors do is a button of a row.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  const message = button && asked(button.dataset);
  if (!message || button.ariaDisabled === "true") {
    if (!event.target.closest(".more")) closeMenus();
    return;
  }
  if (message.type === "supervise" && message.how !== "stop") click();
  button.ariaDisabled = "true"; // not disabled: the focus stays
  const answer = await connection.ask(message);
  button.ariaDisabled = null;
  if (!button.matches("[aria-pressed]")) closeMenus(); // several queues are ticked one after the other
  notice(answer.text);
});

function asked({ supervise, how, agentAct, caller, do: what, queue = "" }) {
  if (supervise) return { type: "supervise", agent: supervise, how };
  if (agentAct) return { type: "agent", agent: agentAct, do: what, queue };
  if (caller) return { type: "caller", call: caller, do: what, queue };
  return undefined;
}

// One menu is open at a time; Escape closes it.
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("details.more") && target.open) closeMenus(target);
}, true);
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest("details.more[open], details.menu[open]");
  closeMenus();
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});

function closeMenus(but) {
  for (const one of document.querySelectorAll("details.more[open]")) {
    if (one === but) continue;
    const inside = one.contains(document.activeElement);
    one.open = false;
    if (inside) one.querySelector("summary").focus();
  }
}

// The time of the site, not of this computer. Of a language that the browser does not know: in figures.
function clock() {
  const known = Intl.DateTimeFormat.supportedLocalesOf(root.lang).length;
  for (const time of document.querySelectorAll("[data-now]")) {
    const text = new Intl.DateTimeFormat(known ? root.lang : "en-GB", { timeZone: time.dataset.zone || undefined, ...(known ? { weekday: "long", day: "numeric", month: "long" } : { day: "2-digit", month: "2-digit", year: "numeric" }), hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date());
    if (time.textContent !== text) time.textContent = text;
  }
}
