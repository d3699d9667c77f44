// A clock for what must go on in a hidden tab: browsers slow the timers of its page, Chrome down to one
// a minute, but not those of a worker.
const listeners = [];
const worker = new Worker(new URL("ticking.js", import.meta.url));
worker.onmessage = () => { for (const each of listeners) each(); };

// Call `listener` every second.
export function everySecond(listener) { listeners.push(listener); }
