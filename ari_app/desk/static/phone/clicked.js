// Calls that the agent clicks for: their own phone is rung first, and a phone in this browser answers
// that by itself, in whichever tab it is.
const CLICKED = "firstline-clicked";
const SOON = 15000; // ms in which such a call comes

export function click() { localStorage.setItem(CLICKED, String(Date.now())); }

// Whether the agent has just clicked; for one call.
export function clicked() {
  const at = Number(localStorage.getItem(CLICKED) ?? 0);
  localStorage.removeItem(CLICKED);
  return Date.now() - at < SOON;
}
