/**
 * How does a person read a status? What is, since when, why, what comes next and what can be done, in twelve lines.
 * @module
 */

import type { SeatStatus, Status } from "../api/status.ts";
import { formatSize } from "../core/jvm_flags.ts";
import { LIMIT_OF } from "../core/memory/budget.ts";
import { describeDifference, differences } from "../core/memory/read_back.ts";
import { WIDTH, wrapped } from "./columns.ts";
import { nextStep, whatToDo } from "./status_prospect.ts";
import { clockTime, fromNow } from "./time_words.ts";

/** So much is seen at once on any terminal, with room for the prompt. */
const STATUS_LINES = 12;
/** What stands before every text. */
const LABEL = 11;

/** One thing to say. Of more than fits, those of the highest rank are left out first. */
interface Part {
  readonly label: string;
  readonly text: string;
  readonly rank: number;
}

/**
 * The lines, at most {@linkcode STATUS_LINES}.
 * @param url Where the daemon answers.
 */
export function statusLines(report: Status, url: string, now: Date): readonly string[] {
  const parts = partsOf(report, url, now).map((part) => ({ ...part, lines: linesOf(part) }));
  const total = () => parts.reduce((sum, { lines }) => sum + lines.length, 0);
  while (total() > STATUS_LINES) {
    const least = Math.max(...parts.map(({ rank }) => rank));
    if (least === 0) break;
    parts.splice(parts.findLastIndex(({ rank }) => rank === least), 1);
  }
  return parts.flatMap(({ lines }) => lines).slice(0, STATUS_LINES);
}

function linesOf({ label, text }: Part): readonly string[] {
  const [first = "", ...more] = wrapped(text, WIDTH - LABEL);
  return [`${label.padEnd(LABEL)}${first}`, ...more.map((line) => " ".repeat(LABEL) + line)];
}

function partsOf(report: Status, url: string, now: Date): readonly Part[] {
  const part = (rank: number, label: string, text: string | null): readonly Part[] =>
    text === null ? [] : [{ rank, label, text }];
  const { gateway, lastIncident, spark, java } = report;
  const [evidence, ...more] = gateway.condition?.evidence ?? [];
  return [
    ...part(0, "gateway", whatIs(report, now)),
    ...part(0, "why", gateway.condition?.reason ?? gateway.ending),
    ...part(1, "evidence", evidence ?? null),
    ...more.flatMap((seen) => part(6, "evidence", seen)),
    ...part(0, "last death", lastIncident === null ? null : deathOf(lastIncident, now)),
    ...part(2, "memory", memoryOf(report)),
    ...part(0, "next", nextStep(report, now)),
    ...part(0, "you can", whatToDo(report)),
    ...warningsOf(report).flatMap((warning) => part(3, "warn", warning)),
    ...part(4, "gateways", seatsOf(report)),
    ...part(4, "jobs", gateway.sparkUi),
    ...part(7, "spark", `${spark.version} on Java ${java.version}`),
    ...part(9, "archive", report.archive),
    ...part(9, "bytecode", report.bytecode),
    ...part(5, "daemon", `process ${report.daemon.pid}, restarts ${report.restarts}, ${url}/health`),
  ];
}

/** What is, and since when. */
function whatIs({ phase, ready, generation, gateway, lastIncident }: Status, now: Date): string {
  const state = phase === "ready" && !ready
    ? `ready, but not fit (${gateway.condition?.kind ?? "the daemon is busy"})`
    : phase;
  // What has no process began with the death that took it.
  const since = gateway.since ??
    (phase === "backoff" || phase === "failed" ? lastIncident?.at ?? null : null);
  return [
    `${state}, generation ${generation}`,
    ...(gateway.pid === null ? [] : [`process ${gateway.pid}`]),
    ...(since === null ? [] : [`since ${clockTime(since, now)} (${fromNow(since, now)})`]),
    ...(gateway.heartbeatLatencyMs === null
      ? []
      : [`answered in ${gateway.heartbeatLatencyMs.toFixed(1)} ms`]),
  ].join(", ");
}

function deathOf(
  { generation, verdict, at, change }: NonNullable<Status["lastIncident"]>,
  now: Date,
): string {
  const when = at === null ? "" : ` ${fromNow(at, now)}`;
  const memory = change.changed ? ` Memory: ${change.reason}.` : "";
  return `generation ${generation}${when}: ${verdict.class}. ${verdict.summary}${memory}`;
}

function memoryOf({ plan: { heap, budget } }: Status): string {
  const limit = `${formatSize(budget.bytes)} ${LIMIT_OF[budget.source]}`;
  return `heap ${formatSize(heap.bytes)} (${heap.why}), of the ${limit}`;
}

function warningsOf({ plan, gateway, pool, health }: Status): readonly string[] {
  // What the first lines say already.
  const told = ["gateway", "heartbeat", "condition"];
  return [
    ...differences(plan, gateway.flags ?? {}).map(describeDifference),
    ...(gateway.ignoredHeap === null ? [] : [gateway.ignoredHeap]),
    ...(pool.isMemoryShort ? ["memory is short: no gateway waits for the next program"] : []),
    ...(pool.warmUpRefusal === null ? [] : [`no gateway is warmed up: ${pool.warmUpRefusal}`]),
    ...Object.entries(health.checks).flatMap(([name, { status, output }]) =>
      status === "pass" || output === null || told.includes(name) ? [] : [`${name}: ${output}`]
    ),
  ];
}

const WARMTH: Readonly<Record<SeatStatus["warmth"], string>> = {
  cold: "cold",
  underway: "warming up",
  warm: "warm",
};

function seatsOf({ pool: { seats } }: Status): string | null {
  if (seats.length < 2 || seats.every(({ phase }) => phase === "stopped")) return null;
  return seats.map(({ generation, phase, warmth, programs }) => {
    const use = programs > 0 ? "a program has it" : phase === "ready" ? WARMTH[warmth] : "";
    return `${generation} ${phase}${use === "" ? "" : ` (${use})`}`;
  }).join(", ");
}
