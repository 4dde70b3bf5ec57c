/**
 * What does a daemon make of a fault of its running gateway: when does it show, how is it named, when is it over?
 * @module
 */

import { POLL_MS } from "../src/drill/daemon_process.ts";
import { Watch } from "../src/drill/watch.ts";
import type { Place } from "../tests/real/rekindle.ts";
import type { SparkInstallation } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest, runtime } from "./daemon_under_test.ts";
import { pause } from "./figures.ts";
import { inPlace } from "./lifetime.ts";
import type { RunningFault, Struck } from "./running_faults.ts";
import { Scene } from "./scene.ts";

/** What has not shown, and what is not over, within this long, is not waited for any more. */
export const BOUND_MS = 90_000;
/** How long a gateway that is none the worse is watched. */
const PEACE_MS = 15_000;

/** What one run gave. Durations in milliseconds; `null` for what did not come within the bound. */
export interface RunningOutcome {
  /** From the fault to the first status that is not ready and healthy. */
  readonly noticedMs: number | null;
  /** The class and the confidence of the verdict, or `none` when there was no incident. */
  readonly verdict: string;
  readonly namedMs: number | null;
  /** From the fault, or from the removal of its cause where it lasted until then. */
  readonly usableMs: number | null;
  /** Whether it took the removal of the cause. */
  readonly relieved: boolean;
  readonly expected: boolean;
  /** What else is to be told. */
  readonly notes: readonly string[];
  /** The daemon's own log. */
  readonly log: string;
}

/** Runs a drill once, on a daemon of its own. */
export async function drill(fault: RunningFault, spark: SparkInstallation): Promise<RunningOutcome> {
  return await inPlace(spark, (place) => {
    const work = () => strikeAndWatch(fault, place);
    return fault.around === undefined ? work() : fault.around(place, work);
  });
}

async function strikeAndWatch(fault: RunningFault, place: Place): Promise<RunningOutcome> {
  const daemon = await DaemonUnderTest.ready(place, fault.start);
  const before = await daemon.until(({ ready, health }) => ready && health.status === "pass", BOUND_MS);
  if (before === null) throw new Error(`The daemon is not healthy to begin with:\n${daemon.log}`);
  const watch = new Watch(daemon, before, runtime);
  const watched = watch.run();
  try {
    const struck = await fault.strike(new Scene(place, daemon, before));
    const removedMs = await follow(watch, struck, fault);
    return outcome(fault, { watch, struck, removedMs });
  } finally {
    watch.end();
    await watched;
    if (daemon.exit === null) daemon.signal("SIGKILL");
  }
}

/** Removes the cause when it is time, and waits for the end; returns when it was removed, if it was. */
async function follow(
  watch: Watch<DaemonUnderTest>,
  struck: Struck,
  fault: RunningFault,
): Promise<number | null> {
  const { relieve } = struck;
  const relieveMs = struck.atMs + (fault.relieveAfterMs ?? 0);
  let removedMs: number | null = null;
  const boundMs = fault.harmless ? PEACE_MS : BOUND_MS;
  const since = () => performance.now() - (removedMs ?? struck.atMs);
  while (watch.usableAtMs === null && !watch.daemonEnded) {
    if (relieve !== undefined && removedMs === null) {
      if (performance.now() >= relieveMs) removedMs = await relieve();
    } else if (since() > boundMs && (watch.noticedAtMs === null || since() > 2 * boundMs)) break;
    await pause(POLL_MS);
  }
  return removedMs;
}

interface Observation {
  readonly watch: Watch<DaemonUnderTest>;
  readonly struck: Struck;
  readonly removedMs: number | null;
}

function outcome(fault: RunningFault, { watch, struck, removedMs }: Observation): RunningOutcome {
  const after = (atMs: number | null, sinceMs = struck.atMs) =>
    atMs === null ? null : Math.max(0, atMs - sinceMs);
  const verdict = watch.incident?.verdict ?? null;
  const notes: string[] = [];
  if (watch.daemonEnded) notes.push("the daemon itself ended");
  if (fault.says !== undefined && !fault.says.test(watch.daemon.log)) notes.push("the log does not say why");
  if (watch.usableAtMs === null && !fault.harmless) notes.push("did not come back");
  return {
    noticedMs: after(watch.noticedAtMs),
    verdict: verdict === null ? "none" : `${verdict.class} (${verdict.confidence})`,
    namedMs: after(watch.namedAtMs),
    usableMs: after(watch.usableAtMs, removedMs ?? struck.atMs),
    relieved: removedMs !== null,
    expected: fault.expected.includes(verdict?.class ?? "none") && notes.length === 0,
    notes,
    log: watch.daemon.log,
  };
}
