// What is shown beside the cards: notices to read, and sentences for screen readers.
const $ = (id) => document.getElementById(id);
const SHOWN = 8000; // ms

export function notice(text) {
  if (!text) return;
  const line = document.createElement("p");
  line.textContent = text;
  $("notices").append(line);
  setTimeout(() => line.remove(), SHOWN);
}

// At once, such as a call that rings.
export function announce(text) { say($("announcement"), text); }

// When there is time, such as a state that changed.
export function mention(text) { say($("said"), text); }

// A new element, so that the same sentence is said again.
function say(place, text) {
  place.replaceChildren(...(text ? [Object.assign(document.createElement("span"), { textContent: text })] : []));
}
