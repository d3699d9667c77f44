// Forms that were filled in and not sent: asked about before a card is finished, or before something
// else is shown in their place.
import { notice } from "./notices.js";

let warned; // the form that was asked about last, as long as nothing more is typed into it

document.addEventListener("input", ({ target }) => { if (target.form === warned) warned = undefined; });

// Whether what is typed into a form may be dropped, if there is one: when that is wanted once more.
export function mayDrop(form, text) {
  if (!form || form === warned) return true;
  warned = form;
  notice(text);
  return false;
}

export class Unsent {
  // `send` sends a form and resolves to whether that succeeded; `drop` empties one for good.
  constructor(send, drop) {
    this.send = send;
    this.drop = drop;
  }

  of(card) { return [...card.querySelectorAll("form[data-form], form[data-verify]")].filter(unsent); }

  // Whether the card may be finished now; else the question is on the screen, and `then` runs once
  // it is answered so.
  settled(card, then) {
    const forms = this.of(card), box = card.querySelector("[data-unsent]");
    if (forms.length === 0) {
      box.hidden = true;
      return true;
    }
    box.querySelector("[data-unsent-names]").textContent = forms.map(nameOf).join(", ");
    const sends = box.querySelector('[data-unsent-do="send"]');
    sends.hidden = !forms.every((form) => "keep" in form.dataset);
    box.hidden = false;
    box.onclick = async ({ target }) => {
      const what = target.closest("[data-unsent-do]")?.dataset.unsentDo;
      if (!what) return;
      if (what === "back" || (what === "send" && !(await this.sent(this.of(card))))) {
        box.hidden = true;
        const left = this.of(card)[0];
        if (left) goTo(left);
        return;
      }
      if (what === "drop") await Promise.all(this.of(card).map(this.drop));
      box.hidden = true;
      then();
    };
    (sends.hidden ? box.querySelector('[data-unsent-do="back"]') : sends).focus();
    box.scrollIntoView({ block: "nearest" });
    return false;
  }

  async sent(forms) {
    for (const form of forms) {
      const box = form.closest("details");
      if (box) box.open = true; // else the browser cannot show what lacks
      if (!form.reportValidity() || !(await this.send(form))) return false;
    }
    return true;
  }
}

// Whether a form waits to be sent. A quote that waits for a yes does, too.
export function unsent(form) {
  return form.dataset.form === "operation-confirm" || (form.role !== "search" && typedIn(form));
}

// Whether something was typed into a form. What was only chosen is soon chosen again.
export function typedIn(form) {
  const fields = form.querySelectorAll("textarea, input:not([type=hidden])");
  return [...fields].some((field) => field.value.trim() && field.value !== field.defaultValue);
}

export function goTo(form) {
  const box = form.closest("details");
  if (box) box.open = true;
  form.querySelector("textarea, input:not([type=hidden]), [data-focus], button").focus();
}

function nameOf(form) {
  const title = form.querySelector("h4, h3") ?? form.closest("details")?.querySelector("summary");
  return `«${title?.textContent.trim()}»`;
}
