// The keyboard focus stays on something that is seen, whatever the server replaces or hides.
const FOCUSABLE = "a[href], button, input, select, textarea, summary, iframe, [tabindex]";
let way = []; // what had the focus last, and what it was in, the innermost first

export function guardFocus() {
  document.addEventListener("focusin", ({ target }) => { way = [target, ...around(target)]; });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!target.closest(FOCUSABLE)) way = []; // somebody leaves by a click beside everything
  });
  new MutationObserver(rescue).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "open"],
  });
}

// Whether text is being typed or something chosen, so that nothing may be shown instead of it.
export function typing() {
  const at = document.activeElement;
  return Boolean(at?.closest("article.card, #found") && at.matches("input, select, textarea, iframe"));
}

// Scroll to what begins here: below the bar, whose height changes with what is shown there.
export function bringIntoSight(element) {
  const { offsetHeight } = document.getElementById("top");
  document.documentElement.style.setProperty("--top", `${offsetHeight}px`);
  element.scrollIntoView({ block: "start" });
}

function around(element) {
  const found = [];
  for (let each = element.parentElement; each; each = each.parentElement) found.push(each);
  return found;
}

function seen(element) { return element.isConnected && element.checkVisibility(); }

function rescue() {
  const [gone] = way;
  if (!gone || seen(gone)) return;
  const at = document.activeElement;
  if (at && at !== document.body && seen(at)) return; // it went on already
  const again = gone.id && document.getElementById(gone.id);
  const to = again && seen(again) ? again : way.map(stand).find(Boolean) ?? document.getElementById("cards");
  to.focus({ preventScroll: true });
}

// What can have the focus instead of what was within an element.
function stand(element) {
  if (!seen(element)) return undefined;
  if (element.localName === "details") return element.querySelector("summary");
  return element.matches(FOCUSABLE) && element !== document.body ? element : undefined;
}
