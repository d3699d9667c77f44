// Keyboard shortcuts, by the physical key, so that they are the same in every keyboard layout.
const FORMS = "form[data-form], form[data-verify], #found form, #search"; // sent by Ctrl+Enter

const $ = (id) => document.getElementById(id);

// `others` are further shortcuts.
export function keys(cards, finish, panels, others) {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      const form = document.activeElement?.closest(FORMS);
      if (form) send(form);
      else if (cards.current) finish(cards.current);
    } else if (event.key === "Escape") {
      if (panels.close(document.activeElement)) event.preventDefault();
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
      else shortcut?.();
      if (card || shortcut) event.preventDefault();
    }
  });
}

// What is agreed to for the caller's money needs the button itself.
function send(form) {
  if (form.matches(".confirm")) form.querySelector("button.main").focus();
  else form.requestSubmit();
}

function field(cards, name) { cards.current?.querySelector(`[data-field="${name}"]`)?.focus(); }
