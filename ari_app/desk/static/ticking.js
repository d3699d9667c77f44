// The worker of ticks.js.
setInterval(() => postMessage(0), 1000);
