// Draws the charts of a page from their tables: figures that the server made from `desk/chart.py`.
//
//   import { charts } from "./chart.js";
//   charts();                       // all of the page, once
//   import { redraw } from "./chart.js";
//   put(figure.querySelector("[data-numbers]"), html); redraw(figure);
import UPlot from "./chart/uplot.js";

const COLOURS = { good: "--accent", bad: "--bad", calm: "--after", warm: "--ringing", faint: "--faint" };
const HEIGHT = 220; // px, if the figure has no data-height
const shown = new WeakMap(); // figure: its uPlot, and the shape of its table

export function charts(root = document) {
  const all = () => root.querySelectorAll("[data-chart]");
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) fit(target.closest("[data-chart]"));
  });
  for (const figure of all()) {
    redraw(figure);
    resized.observe(figure.querySelector("[data-plot]"));
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const figure of all()) { shown.get(figure)?.plot.destroy(); shown.delete(figure); redraw(figure); }
  });
}

// Draw a figure again after its table changed.
export function redraw(figure) {
  const table = read(figure);
  const shape = JSON.stringify([table.columns, table.labels.length]);
  const old = shown.get(figure);
  if (old?.shape === shape) {
    Object.assign(old.table, table);
    old.plot.setData(data(table));
    return;
  }
  old?.plot.destroy();
  shown.delete(figure);
  if (!table.columns.some((one) => one.draws) || !table.labels.length) return;
  shown.set(figure, { shape, table, plot: new UPlot(options(figure, table), data(table), figure.querySelector("[data-plot]")) });
}

function fit(figure) {
  const { plot } = shown.get(figure) ?? {};
  const { clientWidth: width } = figure.querySelector("[data-plot]");
  if (plot && width && width !== plot.width) plot.setSize({ width, height: height(figure) });
}

function height(figure) { return Number(figure.dataset.height) || HEIGHT; }

// What the table says: its columns, the names of its rows, the numbers, and how they are written.
function read(figure) {
  const cells = (row) => [...row.querySelectorAll("td")];
  const rows = [...figure.querySelectorAll("[data-numbers] tbody tr")];
  return {
    columns: [...figure.querySelectorAll("[data-numbers] thead [data-draws]")].map((one) => (
      { title: one.textContent.trim(), ...one.dataset })),
    labels: rows.map((row) => row.querySelector("th").textContent.trim()),
    values: rows.map((row) => cells(row).map((one) => (one.dataset.value === "" ? null : Number(one.dataset.value)))),
    texts: rows.map((row) => cells(row).map((one) => one.textContent.trim())),
  };
}

// The drawn columns in the order of drawing: what is stacked highest goes first, lines go last.
function drawn({ columns }) {
  const all = columns.map((one, index) => ({ ...one, index })).filter((one) => one.draws);
  const bars = all.filter((one) => one.draws !== "line");
  return [...bars.reverse(), ...all.filter((one) => one.draws === "line")];
}

function data(table) {
  const below = table.columns.map((_, index) => table.columns
    .map((one, at) => (one.draws === "stack" && at <= index ? at : -1)).filter((at) => at >= 0));
  return [
    table.labels.map((_, at) => at),
    ...drawn(table).map(({ draws, index }) => table.values.map((row) => (
      draws === "stack" ? below[index].reduce((sum, at) => sum + (row[at] ?? 0), 0) : row[index]))),
  ];
}

function options(figure, table) {
  const style = getComputedStyle(figure);
  const colour = (name) => style.getPropertyValue(name).trim();
  const series = drawn(table).map(({ title, draws, colour: name, unit }) => ({
    label: title,
    scale: unit || "n",
    stroke: colour(COLOURS[name]),
    width: draws === "line" ? 2 : 0,
    points: { show: false, filter: draws === "line" ? alone : () => null, size: 6, fill: colour(COLOURS[name]) },
    ...(draws !== "line" && { fill: colour(COLOURS[name]), paths: UPlot.paths.bars({ size: [0.75, 48] }) }),
  }));
  const scales = [...new Set(series.map((one) => one.scale))];
  return {
    width: figure.querySelector("[data-plot]").clientWidth || 600,
    height: height(figure),
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: () => [-0.5, table.labels.length - 0.5] },
      ...Object.fromEntries(scales.map((scale) => [scale, { range: (_, __, high) => limits(scale, high) }])),
    },
    series: [{}, ...series],
    axes: [
      axis(colour, { grid: { show: false }, size: 26, incrs: [1, 2, 4, 8, 12, 16, 24, 32, 48, 96], space: space(table.labels),
        values: (_, splits) => splits.map((at) => table.labels[at] ?? "") }),
      ...scales.map((scale, nth) => axis(colour, { scale, side: nth ? 1 : 3, grid: { show: nth === 0, stroke: colour("--line"), width: 1 },
        size: 56, ...(scale === "n" && { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] }),
        values: (_, splits) => splits.map((value) => written(value, scale)) })),
    ],
    hooks: { setCursor: [(plot) => reading(figure, table, plot.cursor.idx)] },
  };
}

// The values of a line with none beside them: there is no line from or to them.
function alone(plot, nth) {
  const values = plot.data[nth];
  return [...values.keys()].filter((at) => values[at] != null && values[at - 1] == null && values[at + 1] == null);
}

function axis(colour, more) {
  return { stroke: colour("--faint"), ticks: { show: false }, font: "12px system-ui, 'DejaVu Sans', sans-serif", gap: 4, ...more };
}

function space(labels) { return 16 + 7 * Math.max(...labels.map((one) => one.length)); }

function limits(scale, high) {
  if (scale === "%") return [0, 102]; // a line at 100 % has its whole width
  return [0, Math.max((high ?? 0) * 1.08, scale === "s" ? 10 : 4)];
}

function written(value, scale) {
  if (scale === "s") return `${Math.trunc(value / 60)}:${String(Math.round(value % 60)).padStart(2, "0")}`;
  return scale === "%" ? `${value} %` : String(value);
}

// The numbers under the pointer, in words.
function reading(figure, table, at) {
  const text = at === null || at === undefined ? "" : [table.labels[at],
    ...table.columns.map((one, index) => `${one.title} ${table.texts[at]?.[index] ?? ""}`)].join(" · ");
  const place = figure.querySelector("[data-reading]");
  if (place.textContent !== text) place.textContent = text;
}
