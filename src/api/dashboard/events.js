// @ts-check
// What has just happened? The newest first, and no more than a person reads.

import { byId, element } from "./elements.js";
import { moment } from "./words.js";

/** @typedef {{ seq: number, at: string, generation: number | null, kind: string, level: string, text: string }} Event */

const SHOWN = 200;

/** Every kind there is: a stream's listeners are registered by name. A test compares them with the daemon's. */
export const KINDS = [
  "command",
  "phase",
  "starting",
  "attaching",
  "ready",
  "memory-differs",
  "heap-ignored",
  "condition",
  "recovered",
  "ending",
  "end-step",
  "exited",
  "stopped",
  "died",
  "memory-plan",
  "incident",
  "program-waits",
  "program-came",
  "program-ended",
  "program-lost",
  "standby",
  "warm-up",
  "memory-pressure",
  "archive",
  "reload",
];

/** Tells of each event as it comes. @param {Event} event @param {{ isFresh: boolean }} how */
export function addEvent(event, { isFresh }) {
  // Steps on the way are for `rekindle events` and the log.
  if (event.level === "debug") return;
  const list = byId("events");
  list.querySelector(".empty")?.remove();
  list.prepend(element(
    "li",
    { class: isFresh ? "fresh" : "", "data-level": event.level },
    element("time", { datetime: event.at }, moment(event.at)),
    element("span", { class: "generation" }, event.generation === null ? "" : `g${event.generation}`),
    element("span", {}, event.text),
  ));
  while (list.childElementCount > SHOWN) list.lastElementChild?.remove();
}

/** Says that some are not to be had any more. @param {string} text */
export function addGap(text) {
  byId("events").prepend(
    element("li", { class: "gap" }, element("span"), element("span"), element("em", {}, text)),
  );
}

/** Empties the list, as before the first event. */
export function clearEvents() {
  byId("events").replaceChildren(element("li", { class: "empty" }, "Nothing has happened yet."));
}
