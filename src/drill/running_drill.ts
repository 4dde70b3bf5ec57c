/**
 * What does a daemon make of a fault of its running gateway?
 * @module
 */

import { reasonOf } from "../errors.ts";
import { formatSize } from "../core/jvm_flags.ts";
import type { Status } from "../api/status.ts";
import type { DrillOutcome, Fault, Struck } from "./fault.ts";
import { Scratch } from "./scratch.ts";
import type { ScratchOptions } from "./scratch.ts";
import { provesUsable, Watch } from "./watch.ts";
import type { DaemonProcess } from "./daemon_process.ts";

/** What has not shown, or is not over, within this long, in milliseconds, is not waited for any more. */
export const BOUND_MS = 180_000;
const LOOK_MS = 50;
/** The least heap that works is the soonest full. */
const LEAST_HEAP: readonly string[] = ["--heap", "512m"];

/** Runs a drill, on a daemon of its own; nothing of it is left. `progress` is told what is being done. */
export async function drillRunning(
  name: string,
  fault: Fault,
  options: ScratchOptions & { readonly progress: (what: string) => void },
): Promise<DrillOutcome> {
  return await inScratch({ ...options, ...fault, name }, async (scratch) => {
    let group: string | null;
    try {
      group = await fault.prepare?.(scratch) ?? null;
    } catch (error) {
      return skipped(name, fault, reasonOf(error));
    }
    options.progress("starting a scratch daemon");
    const daemon = scratch.start(fault.args ?? LEAST_HEAP, { group, javaOptions: fault.javaOptions });
    const before = await untilHealthy(daemon, scratch);
    if (before === null) {
      return failed(name, fault, `the scratch daemon did not get ready: ${lastWords(daemon)}`);
    }
    const pid = before.gateway.pid;
    if (pid === null) return failed(name, fault, "the scratch daemon has no gateway");
    scratch.note(pid);
    const watch = new Watch(daemon, before, options.runtime);
    const watched = watch.run();
    try {
      options.progress(fault.what);
      const struck = await fault.strike({ scratch, daemon, before, gatewayPid: pid });
      await follow(watch, struck, options);
      return outcomeOf(name, fault, { watch, struck, before });
    } finally {
      watch.end();
      await watched;
      scratch.note(watch.last.gateway.pid);
    }
  });
}

/** Does the work in a place of its own; what of it could not be taken away fails the drill. */
export async function inScratch(
  options: ScratchOptions & Pick<Fault, "what" | "expected"> & { readonly name: string },
  work: (scratch: Scratch) => Promise<DrillOutcome>,
): Promise<DrillOutcome> {
  const scratch = await Scratch.make(options);
  clearers.add(scratch);
  let outcome: DrillOutcome;
  try {
    outcome = await work(scratch);
  } catch (error) {
    outcome = failed(options.name, options, reasonOf(error));
  }
  const left = await scratch.clear();
  clearers.delete(scratch);
  if (left.length === 0) return outcome;
  return { ...outcome, result: "failed", notes: [...outcome.notes, `left behind: ${left.join(", ")}`] };
}

const clearers = new Set<Scratch>();

/** Takes everything away that is there just now: for whoever is interrupted. */
export async function clearAll(): Promise<void> {
  for (const scratch of clearers) await scratch.clear();
}

/** The status of a daemon whose gateway works, or `null` when it does not come so far. */
export async function untilHealthy(daemon: DaemonProcess, { runtime }: Scratch): Promise<Status | null> {
  return await daemon.until(
    async (status) => status.ready && status.health.status === "pass" && await provesUsable(status, runtime),
    BOUND_MS,
  );
}

/** Removes the cause when there is one to be removed, and waits for the end. */
async function follow(
  watch: Watch<DaemonProcess>,
  { atMs, relieve }: Struck,
  { runtime: { clock }, progress }: ScratchOptions & { readonly progress: (what: string) => void },
): Promise<void> {
  await relieve?.();
  const sinceMs = relieve === undefined ? atMs : clock.nowMs();
  let told: string | null = null;
  while (watch.usableAtMs === null && !watch.daemonEnded && clock.nowMs() - sinceMs < BOUND_MS) {
    const named = watch.incident?.verdict.class ?? null;
    if (named !== null && named !== told) progress(`${named}; waiting for the next gateway`);
    told = named;
    await clock.sleep(LOOK_MS);
  }
}

function outcomeOf(
  name: string,
  { what, expected }: Fault,
  { watch, struck, before }: { watch: Watch<DaemonProcess>; struck: Struck; before: Status },
): DrillOutcome {
  const after = (atMs: number | null) => atMs === null ? null : Math.max(0, Math.round(atMs - struck.atMs));
  const verdict = watch.incident?.verdict ?? null;
  const notes: string[] = [];
  if (watch.daemonEnded) notes.push(`the daemon itself ended: ${lastWords(watch.daemon)}`);
  else if (watch.usableAtMs === null) notes.push(`no gateway came back within ${BOUND_MS / 1000} s`);
  if (verdict === null) notes.push("it was not named");
  else if (!expected.includes(verdict.class)) {
    notes.push(`named ${verdict.class}, and it was ${expected.join(" or ")}`);
  }
  return {
    ...{ name, what, expected, notes },
    result: notes.length === 0 ? "passed" : "failed",
    foundMs: after(watch.noticedAtMs),
    namedMs: after(watch.namedAtMs),
    healedMs: after(watch.usableAtMs),
    verdict: verdict && { class: verdict.class, confidence: verdict.confidence, summary: verdict.summary },
    how: watch.usableAtMs === null ? "" : howOf(watch, before),
  };
}

function howOf({ last, incident }: Watch, before: Status): string {
  const isSame = (["heap", "metaspace", "direct", "stack"] as const).every((region) =>
    before.plan[region].bytes === last.plan[region].bytes
  );
  const memory = isSame
    ? `the same memory (heap ${formatSize(last.plan.heap.bytes)})`
    : incident?.change.reason ?? "as planned";
  return `generation ${last.generation} is ready; ${memory}`;
}

/** A drill that this machine does not allow. */
function skipped(name: string, fault: Fault, why: string): DrillOutcome {
  return { ...failed(name, fault, `this machine does not allow it: ${why}`), result: "skipped" };
}

/** A drill that came to nothing. */
export function failed(
  name: string,
  { what, expected }: Pick<Fault, "what" | "expected">,
  why: string,
): DrillOutcome {
  return {
    ...{ name, what, expected, result: "failed", verdict: null, how: "", notes: [why] },
    ...{ foundMs: null, namedMs: null, healedMs: null },
  };
}

/** The last thing a daemon has said. */
export function lastWords({ log }: DaemonProcess): string {
  return log.trim().split("\n").at(-1) || "it said nothing";
}
