// HTML of the server in its place: only if it changed, and with what is typed, open and focused there.
// It comes from our own server alone, which escapes what others wrote.
import { tick } from "./timers.js";

const shown = new WeakMap(); // place: its HTML

// Returns whether anything changed.
export function put(place, html) {
  if ((shown.get(place) ?? place.innerHTML) === html) return false;
  shown.set(place, html);
  const typed = [...place.querySelectorAll("input, select, textarea")].map((field) => [mark(field), field.value, first(field)]);
  const open = [...place.querySelectorAll("details[open] > summary")].map(mark);
  const at = place.contains(document.activeElement) && place !== document.activeElement
    ? document.activeElement : undefined;
  const from = at?.selectionStart, to = at?.selectionEnd;
  place.innerHTML = html;
  const found = new Map([...place.querySelectorAll("*")].map((each) => [mark(each), each]));
  for (const name of open) if (found.has(name)) found.get(name).parentElement.open = true;
  for (const [name, value, was] of typed) {
    const field = found.get(name);
    if (field && value !== was && (field.localName !== "select" || chooses(field, value))) field.value = value;
  }
  if (at) {
    const again = found.get(mark(at));
    again?.focus({ preventScroll: true });
    if (again?.localName === "textarea" || again?.type === "text") again.setSelectionRange(from, to);
  }
  tick();
  return true;
}

// New HTML in a place: nothing that is typed or open there is taken over.
export function renew(place, html) {
  place.replaceChildren();
  shown.delete(place);
  put(place, html);
}

// By what an element is found among the others of its place, also after it was made again.
function mark(element) {
  const words = element.matches("button, summary") && !element.id ? element.textContent.trim() : "";
  return [element.localName, element.id, element.name, element.form?.dataset?.form, words,
    ...Object.entries(element.dataset).filter(([name]) => name !== "since" && !(element.id && name === "do"))].join("|");
}

// The value that a field had before anybody changed it.
function first(field) {
  if (field.localName !== "select") return field.defaultValue;
  return ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value;
}

function chooses(select, value) { return [...select.options].some((one) => one.value === value); }
