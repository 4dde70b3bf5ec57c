// @ts-check
// What is the gateway doing, since when, why, what comes next, and what can a person do?

import { byId, element, setText } from "./elements.js";
import { latency, moment, several, size, span } from "./words.js";

/** For so long after a death a gateway that works again is shown as healed. */
const HEALED_MS = 10 * 60_000;

/** @typedef {import("../status.ts").Status} Status */

/** Whether a gateway works again after a death that is still news. @param {Status} status @param {number} nowMs */
function isHealed({ phase, gateway, lastIncident }, nowMs) {
  return phase === "ready" && gateway.condition === null && typeof lastIncident?.at === "string" &&
    nowMs - Date.parse(lastIncident.at) < HEALED_MS;
}

/** Which picture the state has. @param {Status} status @param {number} nowMs */
export function pictureOf(status, nowMs) {
  const { phase, gateway } = status;
  switch (phase) {
    case "ready":
      if (gateway.condition !== null) return "troubled";
      return isHealed(status, nowMs) ? "healed" : "burning";
    case "starting":
    case "warming":
      return "kindling";
    case "stopping":
    case "collecting":
    case "backoff":
      return "out";
    case "failed":
      return "failed";
    case "stopped":
      return "cold";
  }
}

/** @param {Status} status @param {number} nowMs @returns {{ title: string, explanation: string, advice: string }} */
export function wordsOf(status, nowMs) {
  const { phase, generation, gateway, pool, lastIncident, nextDeadline } = status;
  const death = lastIncident?.verdict;
  const why = death ? `Generation ${lastIncident.generation} died: ${death.summary}` : "";
  const remedy = death?.remedy ?? "";
  switch (phase) {
    case "ready": {
      if (gateway.condition !== null) {
        const { kind, reason, excuse } = gateway.condition;
        return {
          title: `The gateway is ${kind}`,
          explanation: `${reason}${excuse ? `; not ended yet: ${excuse}` : ""}`,
          advice: gateway.condition.evidence.join("; "),
        };
      }
      const attached = pool.seats.reduce((sum, seat) => sum + seat.programs, 0);
      const healed = isHealed(status, nowMs);
      return {
        title: healed ? "Healed, and ready for programs" : "Ready for programs",
        explanation: healed
          ? `${why}${lastIncident?.change.changed ? ` Changed since: ${lastIncident.change.reason}.` : ""}`
          : attached === 0
          ? "No program is attached. Start one with: rekindle exec -- python job.py"
          : `${several(attached, "program")} attached.`,
        advice: pool.warmUpRefusal ?? (healed ? remedy : ""),
      };
    }
    case "starting":
    case "warming":
      return {
        title: phase === "starting" ? "Starting the gateway" : "The gateway runs; making the first calls",
        explanation: why ||
          `Generation ${generation} is on its way; programs that come now are held until it is ready.`,
        advice: "",
      };
    case "stopping":
      return { title: "Ending the gateway", explanation: why, advice: "" };
    case "collecting":
      return { title: "The gateway died; the evidence is being kept", explanation: why, advice: "" };
    case "backoff":
      return {
        title: nextDeadline ? `Starting again at ${moment(nextDeadline)}` : "Starting again soon",
        explanation: why,
        advice: remedy,
      };
    case "failed":
      return {
        title: nextDeadline
          ? `Given up until ${moment(nextDeadline)}`
          : "Given up: somebody has to correct something",
        explanation: why,
        advice: remedy,
      };
    case "stopped":
      return {
        title: "No gateway is wanted",
        explanation: lastIncident ? why : "It was stopped, or has never been started.",
        advice: "Start it with the button, or with: rekindle start",
      };
  }
}

/** @param {Status} status @returns {readonly (readonly [string, string])[]} */
function factsOf(status) {
  const { gateway, generation, restarts, spark, java, plan, pool } = status;
  return [
    ["generation", `${generation}`],
    ["process", gateway.pid === null ? "none" : `${gateway.pid}`],
    ["restarts", `${restarts}`],
    ["heap", size(gateway.flags?.MaxHeapSize ?? plan.heap.bytes)],
    ["memory limit", size(plan.budget.bytes)],
    ["heartbeat", latency(gateway.heartbeatLatencyMs)],
    ["SparkContext", gateway.contextActive === null ? "unknown" : gateway.contextActive ? "active" : "none"],
    [
      "standby",
      pool.standby === 1 ? pool.seats.length > 1 ? pool.seats.at(-1)?.warmth ?? "none" : "none yet" : "off",
    ],
    ["Spark", spark.version],
    ["Java", java.version],
  ];
}

/** Draws all that. @param {Status} status */
export function drawGateway(status) {
  const nowMs = Date.now();
  const { title, explanation, advice } = wordsOf(status, nowMs);
  byId("gateway").dataset.picture = pictureOf(status, nowMs);
  const badge = byId("phase");
  badge.dataset.phase = status.phase;
  setText(badge, status.phase);
  setText(byId("since"), status.gateway.since ? `for ${span(nowMs - Date.parse(status.gateway.since))}` : "");
  setText(byId("gateway-title"), title);
  setText(byId("explanation"), explanation);
  setText(byId("advice"), advice);
  setText(byId("place"), `${status.cwd}`);
  document.title = `${status.phase} · rekindle`;
  byId("facts").replaceChildren(
    ...factsOf(status).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
  );
  const link = /** @type {HTMLAnchorElement} */ (byId("spark-ui"));
  const address = status.gateway.sparkUi;
  link.hidden = address === null || !/^https?:\/\//.test(address);
  if (!link.hidden && address !== null) link.href = address;
}
