// Running times: since a moment, or until one. They are not announced to screen readers.
export function run() {
  tick();
  setInterval(tick, 500);
}

// Update all of them now: some are new.
export function tick() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time.timer")) {
    const { since, until } = time.dataset;
    const ms = until ? Date.parse(until) - now : now - Date.parse(since);
    const seconds = Math.max(0, Math.trunc(ms / 1000));
    const text = `${Math.trunc(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (time.dataset.limit) time.classList.toggle("over", seconds >= Number(time.dataset.limit));
    if (time.textContent !== text) time.textContent = text;
  }
}
