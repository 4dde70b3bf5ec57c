// @ts-check
// How is a chart drawn, and kept when only its figures change?

import { byId, element } from "./elements.js";

/** @typedef {import("uplot")} Chart */
/** @typedef {import("uplot").Axis} Axis */
/** @typedef {{ label: string, colour: string, values: readonly (number | null)[], dash?: number[], fill?: boolean }} Drawn */

/** The charts that are drawn now, by the id of their place. @type {Map<string, { chart: Chart, names: string }>} */
const charts = new Map();

/** Steps of an axis that counts bytes, so that its marks are whole MiB or GiB. */
const BINARY = Array.from({ length: 20 }, (_, power) => 2 ** (20 + power));

/** @type {Intl.DateTimeFormatOptions} */
const CLOCK = { hour: "2-digit", minute: "2-digit", hour12: false };
/** Marks that are less than a minute apart would all be called the same. @type {Intl.DateTimeFormatOptions} */
const CLOCK_OF_SECONDS = { ...CLOCK, second: "2-digit" };

/** The legend stands below the drawing, and may need more than one line. */
const LEGEND_PIXELS = 34;

/**
 * Draws lines over time, or says that there is nothing to draw.
 * @param {string} id
 * @param {readonly number[]} timeSeconds
 * @param {{ lines: readonly Drawn[], words: (value: number | null) => string, isBinary: boolean }} how
 */
export function plot(id, timeSeconds, { lines, words, isBinary }) {
  const place = byId(id);
  const shown = lines.filter(({ values }) => values.some((value) => value !== null));
  const before = charts.get(id);
  if (timeSeconds.length < 2 || shown.every(({ dash }) => dash !== undefined)) {
    before?.chart.destroy();
    charts.delete(id);
    place.replaceChildren(
      element("p", { class: "empty" }, "Nothing to draw yet: figures come while a gateway runs."),
    );
    return;
  }
  const data =
    /** @type {[number[], ...(number | null)[][]]} */ ([timeSeconds, ...shown.map(({ values }) => values)]);
  const names = shown.map(({ label }) => label).join();
  if (before?.names === names) return before.chart.setData(data);
  before?.chart.destroy();
  place.replaceChildren();
  const { uPlot } =
    /** @type {{ uPlot: new (...args: ConstructorParameters<typeof import("uplot")>) => Chart }} */ (
      /** @type {unknown} */ (globalThis)
    );
  const chart = new uPlot(
    {
      ...sizeOf(place),
      cursor: { y: false },
      scales: { y: { range: (_, __, most) => [0, (most || 1) * 1.08] } },
      axes: [
        {
          ...axis(),
          values: (_, ticks) =>
            ticks.map((seconds) => time(seconds, isFine(ticks) ? CLOCK_OF_SECONDS : CLOCK)),
        },
        {
          ...axis(),
          ...(isBinary ? { incrs: BINARY } : {}),
          ...{ size: 76, space: 26 },
          values: (_, ticks) => ticks.map(words),
        },
      ],
      series: [
        {
          label: "at",
          value: ({ data: [times] }, seconds) => time(seconds ?? times.at(-1), { hour12: false }),
        },
        ...shown.map(({ label, colour: name, dash, fill }) => ({
          label,
          stroke: colour(name),
          width: dash ? 1.5 : 2,
          ...(dash ? { dash } : {}),
          ...(fill ? { fill: `color-mix(in srgb, ${colour(name)} 16%, transparent)` } : {}),
          points: { show: false },
          // Without a cursor the newest.
          value: (
            /** @type {Chart} */ { data: now },
            /** @type {number | null} */ value,
            /** @type {number} */ series,
            /** @type {number | null} */ index,
          ) => words(index === null ? now[series]?.at(-1) ?? null : value),
        })),
      ],
    },
    data,
    place,
  );
  charts.set(id, { chart, names });
}

/** Colours are read when a chart is made: with another theme they are made anew. */
export function forgetCharts() {
  for (const { chart } of charts.values()) chart.destroy();
  charts.clear();
}

/** @returns {Axis} */
function axis() {
  return { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
}

/** @param {string} name */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** @param {readonly number[]} ticks */
function isFine([first = 0, second = first + 60]) {
  return second - first < 60;
}

/** @param {number} seconds @param {Intl.DateTimeFormatOptions} options */
function time(seconds, options) {
  return new Date(seconds * 1000).toLocaleTimeString([], options);
}

/** @param {HTMLElement} place */
function sizeOf(place) {
  return {
    width: place.clientWidth,
    height: Number.parseInt(getComputedStyle(place).minHeight) - LEGEND_PIXELS,
  };
}

new ResizeObserver(() => {
  for (const [id, { chart }] of charts) chart.setSize(sizeOf(byId(id)));
}).observe(document.documentElement);
