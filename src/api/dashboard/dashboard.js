// @ts-check
// How does the page stay true? One stream tells that something has happened; what is then is read anew.

import { allowActions, say, wireActions } from "./actions.js";
import { drawCharts } from "./charts.js";
import { read } from "./daemon.js";
import { byId, setText } from "./elements.js";
import { addEvent, addGap, clearEvents, KINDS } from "./events.js";
import { drawGateway } from "./gateway.js";
import { drawIncidents } from "./incidents.js";
import { forgetCharts } from "./plot.js";
import { drawSeats } from "./seats.js";
import { drawTimeline } from "./timeline.js";

/** Changes that come together are looked at once. */
const SETTLE_MS = 150;
/** Figures are taken every few seconds; nobody sees more on a chart of an hour. */
const FIGURES_MS = 5_000;
/** So many events of before are fetched. */
const HISTORY = 100;

/** @typedef {import("../figures.ts").FiguresDocument} Figures */

/** @type {import("../status.ts").Status | null} */
let status = null;
/** @type {Figures | null} */
let figures = null;
let planned = false;
/** Where the next look at the incidents has to be made. */
let incidentsAreStale = true;

/** @param {string} state @param {string} text */
function link(state, text) {
  byId("link").dataset.state = state;
  setText(byId("link"), text);
}

/** Looks again soon. */
function changed() {
  if (planned) return;
  planned = true;
  setTimeout(() => {
    planned = false;
    void look();
  }, SETTLE_MS);
}

async function look() {
  try {
    status = await read("/v1/status");
    if (status === null) return;
    drawGateway(status);
    drawSeats(status.pool);
    allowActions(status);
    if (incidentsAreStale) {
      incidentsAreStale = false;
      const { incidents } = await read("/v1/incidents");
      drawIncidents(incidents, say);
    }
  } catch {
    // The stream says whether the daemon is there; the next look comes by itself.
    incidentsAreStale = true;
  }
}

async function lookAtFigures() {
  if (document.hidden) return;
  const last = figures?.columns.timeSeconds.at(-1);
  const path = last === undefined ? "/v1/figures" : `/v1/figures?since=${last}`;
  const more = await read(path).catch(() => null);
  if (more === null) return;
  figures = figures === null ? more : joined(figures, more);
  if (figures === null) return;
  drawTimeline(figures);
  if (status === null) return;
  drawCharts(figures, {
    heapBytes: status.plan.heap.bytes,
    limitBytes: status.plan.budget.bytes,
  });
}

/** @param {Figures} before @param {Figures} more @returns {Figures} */
function joined(before, more) {
  const newest = more.columns.timeSeconds.at(-1) ?? before.columns.timeSeconds.at(-1) ?? 0;
  const from = before.columns.timeSeconds.findIndex((time) => time >= newest - more.keptMs / 1000);
  const columns = Object.fromEntries(
    Object.entries(more.columns).map(([name, values]) => [
      name,
      [...before.columns[/** @type {keyof Figures["columns"]} */ (name)].slice(Math.max(0, from)), ...values],
    ]),
  );
  return { ...more, columns: /** @type {Figures["columns"]} */ (/** @type {unknown} */ (columns)) };
}

/** What has happened before, and from there on what happens. */
async function listen() {
  const { events } = await read(`/v1/events?limit=${HISTORY}`).catch(() => ({ events: [] }));
  for (const event of events) addEvent(event, { isFresh: false });
  const last = events.at(-1)?.seq;
  const stream = new EventSource(
    last === undefined ? "/v1/events/stream" : `/v1/events/stream?since=${last}`,
  );
  stream.addEventListener("open", () => {
    link("live", "live");
    incidentsAreStale = true;
    changed();
  });
  stream.addEventListener("error", () => {
    link("lost", "the daemon does not answer; trying again");
  });
  stream.addEventListener("snapshot", changed);
  stream.addEventListener("gap", () => addGap("Some events were missed."));
  for (const kind of KINDS) {
    stream.addEventListener(kind, (message) => {
      const event = JSON.parse(/** @type {MessageEvent} */ (message).data);
      addEvent(event, { isFresh: true });
      if (kind === "incident" || kind === "died") incidentsAreStale = true;
      changed();
    });
  }
}

clearEvents();
wireActions(changed);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  forgetCharts();
  void lookAtFigures();
});
document.addEventListener("visibilitychange", () => {
  changed();
  void lookAtFigures();
});
setInterval(() => {
  if (!document.hidden) changed();
  void lookAtFigures();
}, FIGURES_MS);
await listen();
await look();
await lookAtFigures();
