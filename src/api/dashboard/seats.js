// @ts-check
// Which gateways are there, and what does each do for programs?

import { byId, element } from "./elements.js";

/** @param {import("../status.ts").Status["pool"]} pool */
export function drawSeats(pool) {
  const place = byId("seats");
  if (pool.seats.length === 0) {
    place.replaceChildren(element("p", { class: "empty" }, "No gateway is there."));
    return;
  }
  const head = ["Generation", "Process", "State", "Warmth", "Programs"];
  place.replaceChildren(
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...pool.seats.map(rowOf)),
    ),
    element("p", { class: "muted" }, nextOf(pool)),
  );
}

/** @param {import("../status.ts").SeatStatus} seat */
function rowOf({ generation, pid, phase, warmth, programs, retirement }) {
  const cells = [`${generation}`, pid === null ? "none" : `${pid}`, phase, warmth, `${programs}`];
  const row = element("tr", {}, ...cells.map((text) => element("td", { class: "number" }, text)));
  if (retirement !== null) row.title = `ends: ${retirement}`;
  return row;
}

/** @param {import("../status.ts").Status["pool"]} pool */
function nextOf({ next, isMemoryShort }) {
  const short = isMemoryShort ? " There is no memory for a gateway that only waits." : "";
  switch (next) {
    case "ready":
      return `The next program finds a gateway at once.${short}`;
    case "busy":
      return `The next program waits until one has ended.${short}`;
    case "coming":
      return `The next program is held until a gateway is ready.${short}`;
    case "hopeless":
      return "The next program is turned away with the reason.";
  }
}
