// @ts-check
// Which gateway was there when, and in which state?

import { byId, element, setText } from "./elements.js";
import { moment, span } from "./words.js";

/** @typedef {{ fromSeconds: number, toSeconds: number, generation: number, phase: string }} Span */

/**
 * Joins moments of one gateway and one phase.
 * @param {import("../figures.ts").FiguresDocument} figures
 * @returns {Span[]}
 */
export function spansOf({ columns, phases }) {
  /** @type {Span[]} */
  const spans = [];
  columns.timeSeconds.forEach((time, index) => {
    const generation = columns.generation[index] ?? 0;
    const phase = phases[columns.phase[index] ?? 0] ?? "stopped";
    const last = spans.at(-1);
    if (last !== undefined) last.toSeconds = time;
    if (last === undefined || last.generation !== generation || last.phase !== phase) {
      spans.push({ fromSeconds: time, toSeconds: time, generation, phase });
    }
  });
  return spans;
}

/** @param {import("../figures.ts").FiguresDocument} figures */
export function drawTimeline(figures) {
  const spans = spansOf(figures);
  const where = byId("timeline");
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined) {
    where.replaceChildren();
    setText(byId("timeline-text"), "Nothing has been seen yet.");
    return;
  }
  const whole = Math.max(last.toSeconds - first.fromSeconds, 1);
  const percent = (/** @type {number} */ seconds) =>
    `${(100 * (seconds - first.fromSeconds) / whole).toFixed(3)}%`;
  // Before the first start there is none: its number is 0.
  const generations = [...new Set(spans.map(({ generation }) => generation))].filter((each) => each > 0);
  const parts = spans.map((each) => {
    const text = `generation ${each.generation}, ${each.phase}, from ${moment(iso(each.fromSeconds))} for ` +
      span((each.toSeconds - each.fromSeconds) * 1000);
    const part = element("span", { class: "span", "data-phase": each.phase, title: text });
    part.style.left = percent(each.fromSeconds);
    part.style.width = `${(100 * (each.toSeconds - each.fromSeconds) / whole).toFixed(3)}%`;
    return part;
  });
  const marks = generations.map((generation) => {
    const start = spans.find((each) => each.generation === generation);
    const seconds = start?.fromSeconds ?? first.fromSeconds;
    const name = element("span", { class: "name" }, `${generation}`);
    name.style.left = percent(seconds);
    if (start === spans.find((each) => each.generation > 0)) return [name];
    const mark = element("span", {
      class: "mark",
      title: `generation ${generation} from ${moment(iso(seconds))}`,
    });
    mark.style.left = percent(seconds);
    return [mark, name];
  });
  where.replaceChildren(...parts, ...marks.flat());
  setText(byId("timeline-span"), `the last ${span(whole * 1000)}`);
  setText(
    byId("timeline-text"),
    generations.length <= 1
      ? "One gateway all the time."
      : `${generations.length} gateways, one behind the other; each mark is where the next begins.`,
  );
}

/** @param {number} seconds */
function iso(seconds) {
  return new Date(seconds * 1000).toISOString();
}
