// Keyboard shortcuts, by the physical key, so that they are the same in every keyboard layout.
const FORMS = "form[data-form], form[data-verify], #found form, #search"; // sent by Ctrl+Enter

const $ = (id) => document.getElementById(id);

// `others` are further shortcuts. A key that is held does a thing once.
export function keys(cards, finish, panels, others) {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || writes(event)) return;
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      if (event.repeat) return;
      const form = document.activeElement?.closest(FORMS);
      if (form) send(form);
      else if (cards.current && !("watched" in cards.current.dataset)) finish(cards.current);
    } else if (event.key === "Escape") {
      if (!event.target.closest?.("dialog") && panels.close(document.activeElement)) event.preventDefault();
    } else if (event.altKey && !event.ctrlKey) {
      const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
      const card = digit && cards.all()[digit - 1];
      const shortcut = {
        KeyD: () => field(cards, "question"),
        KeyH: () => field(cards, "solution"),
        KeyJ: () => cards.current?.querySelector("[data-operation]")?.focus(),
        KeyA: () => $("sought").focus(),
        KeyG: () => document.querySelector("#agent-state [data-state=ready], #agent-state [data-state=pause]")?.click(),
        KeyN: () => cards.strip.take(),
        ...others(),
      }[event.code];
      if (card) cards.show(card.dataset.card, true);
      else if (!event.repeat) shortcut?.();
      if (card || shortcut) event.preventDefault();
    }
  });
}

// Option with a key of a Mac writes a letter of other languages, or begins one.
function writes({ altKey, ctrlKey, key, target }) {
  if (!altKey || ctrlKey || !navigator.platform.startsWith("Mac") || !target.matches?.("input, textarea")) return false;
  return key === "Dead" || (/^\p{Letter}$/u.test(key) && !/^[a-z\p{Script=Cyrillic}]$/iu.test(key));
}

// What is agreed to for the caller's money needs the button itself.
function send(form) {
  if (form.matches(".confirm")) form.querySelector("button.main").focus();
  else form.requestSubmit();
}

function field(cards, name) { cards.current?.querySelector(`[data-field="${name}"]`)?.focus(); }
