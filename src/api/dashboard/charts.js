// @ts-check
// How do memory, heartbeat and load go over time?

import { byId, setText } from "./elements.js";
import { plot } from "./plot.js";
import { latency, size } from "./words.js";

/** @typedef {import("../figures.ts").FiguresDocument} Figures */
/** @typedef {{ label: string, colour: string, values: (figures: Figures, plan: Plan) => readonly (number | null)[], dash?: number[], fill?: boolean }} Line */
/** @typedef {{ heapBytes: number | null, limitBytes: number | null }} Plan */

const constant = (/** @type {Figures} */ { columns }, /** @type {number | null} */ value) =>
  columns.timeSeconds.map(() => value);

/** @type {readonly Line[]} */
const MEMORY = [
  { label: "heap used", colour: "--flame", fill: true, values: ({ columns }) => columns.heapUsedBytes },
  { label: "resident", colour: "--stopping", values: ({ columns }) => columns.residentBytes },
  {
    label: "heap planned",
    colour: "--ready",
    dash: [6, 4],
    values: (figures, { heapBytes }) => constant(figures, heapBytes),
  },
  {
    label: "limit",
    colour: "--failed",
    dash: [2, 4],
    values: (figures, { limitBytes }) => constant(figures, isNear(figures, limitBytes) ? limitBytes : null),
  },
];
/**
 * A limit far above everything would press all other lines to the ground: it is only told in words then.
 * @param {Figures} figures @param {number | null} limitBytes
 */
function isNear({ columns }, limitBytes) {
  const most = columns.residentBytes.reduce(
    (/** @type {number} */ sum, bytes) => Math.max(sum, bytes ?? 0),
    0,
  );
  return limitBytes !== null && limitBytes < 3 * most;
}

/** @type {readonly Line[]} */
const HEARTBEAT = [{ label: "latency", colour: "--ready", values: ({ columns }) => columns.heartbeatMs }];
/** @type {readonly Line[]} */
const LOAD = [
  { label: "processors busy", colour: "--warming", fill: true, values: ({ columns }) => columns.processors },
  { label: "share in GC pauses", colour: "--stopping", values: ({ columns }) => columns.gcShare },
];

/** @param {Figures} figures @param {Plan} plan */
export function drawCharts(figures, plan) {
  const { columns } = figures;
  const of = (/** @type {readonly Line[]} */ lines) =>
    lines.map(({ values, ...line }) => ({ ...line, values: values(figures, plan) }));
  plot("memory", columns.timeSeconds, { lines: of(MEMORY), words: size, isBinary: true });
  plot("heartbeat", columns.timeSeconds, { lines: of(HEARTBEAT), words: latency, isBinary: false });
  plot("load", columns.timeSeconds, { lines: of(LOAD), words: decimal, isBinary: false });
  const texts = ["memory-text", "heartbeat-text", "load-text"].map(byId);
  if (columns.residentBytes.every((bytes) => bytes === null)) {
    for (const text of texts) setText(text, "");
    return;
  }
  const last = (/** @type {readonly (number | null)[]} */ values) => values.at(-1) ?? null;
  setText(
    byId("memory-text"),
    `Now: heap ${size(last(columns.heapUsedBytes))} of ${size(plan.heapBytes)} planned, process ` +
      `${size(last(columns.residentBytes))} of ${size(plan.limitBytes)} it may have.`,
  );
  const worst = columns.heartbeatMs.reduce((/** @type {number} */ most, ms) => Math.max(most, ms ?? 0), 0);
  setText(
    byId("heartbeat-text"),
    `Now ${latency(last(columns.heartbeatMs))}; the slowest of this time ${latency(worst)}.`,
  );
  const gc = last(columns.gcShare);
  setText(byId("load-text"), gc === null ? "" : `Now ${(gc * 100).toFixed(1)} % of the time in pauses.`);
}

/** @param {number | null} value */
function decimal(value) {
  return value === null ? "none" : String(Number(value.toFixed(2)));
}
