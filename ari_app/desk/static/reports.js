// The reports: their charts, and the button to print them.
import { charts } from "./chart.js";

charts();
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
