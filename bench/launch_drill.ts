/**
 * What does a daemon make of a gateway that cannot start: what does it say, when, and does it try again?
 * @module
 */

import { join } from "@std/path";
import type { Incident } from "../src/core/lifecycle.ts";
import { POLL_MS } from "../src/drill/daemon_process.ts";
import { program } from "../tests/real/rekindle.ts";
import type { Place } from "../tests/real/rekindle.ts";
import type { SparkInstallation } from "../tests/real/spark_installations.ts";
import { DaemonUnderTest } from "./daemon_under_test.ts";
import { duration, pause } from "./figures.ts";
import type { LaunchFault, Reaction } from "./launch_faults.ts";
import { inPlace } from "./lifetime.ts";

/** What a daemon has not decided by then is told as it is. */
const BOUND_MS = 120_000;

/** What one run gave. */
export interface LaunchOutcome {
  /** From the command to the first verdict, or to the daemon's own end without one, in milliseconds. */
  readonly saidMs: number | null;
  readonly verdict: string;
  readonly reaction: Reaction | null;
  /** The reaction in words, with its numbers. */
  readonly then: string;
  readonly expected: boolean;
  readonly notes: readonly string[];
  /** The daemon's own log. */
  readonly log: string;
}

/** Runs a drill once, on a daemon of its own. */
export async function launchDrill(fault: LaunchFault, spark: SparkInstallation): Promise<LaunchOutcome> {
  return await inPlace(spark, async (place) => {
    const daemon = new DaemonUnderTest(place, await fault.start(place));
    try {
      return await judge(fault, daemon, await watch(daemon));
    } finally {
      if (daemon.exit === null) daemon.signal("SIGKILL");
    }
  });
}

/** What was seen until the daemon ended, gave up, served, or the time was over. */
interface Seen {
  readonly saidMs: number | null;
  /** How many gateways were started, and until when. */
  readonly starts: number;
  readonly lastMs: number;
  readonly incident: Incident | null;
  readonly ready: boolean;
  readonly failed: boolean;
  readonly nextDeadline: string | null;
}

async function watch(daemon: DaemonUnderTest): Promise<Seen> {
  const sinceStart = () => performance.now() - daemon.spawnedAtMs;
  let saidMs: number | null = null;
  let incident: Incident | null = null;
  let starts = 0;
  while (sinceStart() < BOUND_MS && daemon.exit === null) {
    const status = await daemon.status();
    if (status !== null) {
      starts = Math.max(starts, status.generation);
      if (status.lastIncident !== null && incident === null) {
        incident = status.lastIncident;
        saidMs = sinceStart();
      }
      const failed = status.phase === "failed" && status.nextDeadline !== null;
      if (failed || status.ready) {
        const { ready, nextDeadline } = status;
        return { saidMs, starts, lastMs: sinceStart(), incident, ready, failed, nextDeadline };
      }
    }
    await pause(POLL_MS);
  }
  const lastMs = sinceStart();
  const kept = await keptIncident(daemon.place);
  return {
    // A daemon that ends at once says so by its end.
    saidMs: saidMs ?? (daemon.exit === null ? null : lastMs),
    starts: Math.max(starts, kept?.generation ?? 0),
    lastMs,
    incident: incident ?? kept,
    ready: false,
    failed: false,
    nextDeadline: null,
  };
}

/** The first incident in the daemon's folder. */
async function keptIncident({ stateDir }: Place): Promise<Incident | null> {
  try {
    const folder = join(stateDir, "incidents");
    const [first = ""] = [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
    return JSON.parse(await Deno.readTextFile(join(folder, first, "manifest.json")));
  } catch {
    return null;
  }
}

async function judge(fault: LaunchFault, daemon: DaemonUnderTest, seen: Seen): Promise<LaunchOutcome> {
  const { reaction, then, incident, saidMs } = await reactionOf(daemon, seen);
  const notes: string[] = [];
  if (fault.says !== undefined && !fault.says.test(daemon.log)) notes.push("the log does not say why");
  const verdict = incident?.verdict ?? null;
  return {
    saidMs,
    verdict: verdict === null ? "none" : `${verdict.class} (${verdict.confidence})`,
    reaction,
    then,
    expected: fault.expected.includes(verdict?.class ?? "none") && reaction !== null &&
      fault.reactions.includes(reaction) && notes.length === 0,
    notes,
    log: daemon.log,
  };
}

interface Reacted {
  readonly reaction: Reaction | null;
  readonly then: string;
  readonly incident: Incident | null;
  readonly saidMs: number | null;
}

async function reactionOf(daemon: DaemonUnderTest, seen: Seen): Promise<Reacted> {
  const { incident, saidMs, starts, lastMs } = seen;
  const { exit } = daemon;
  if (exit !== null) {
    return incident === null
      ? { reaction: "refuses", then: `refuses, exit code ${exit.code}`, incident, saidMs }
      : {
        reaction: "gives up",
        then: `gives up after ${times(starts)}, exit code ${exit.code}`,
        incident,
        saidMs,
      };
  }
  if (seen.failed) {
    const waitMs = Date.parse(seen.nextDeadline ?? "") - Date.now();
    const then = `gives up after ${times(starts)} in ${duration(lastMs)}, next one in ${duration(waitMs)}`;
    return { reaction: "retries", then, incident, saidMs };
  }
  if (seen.ready) return await served(daemon, seen);
  return {
    reaction: null,
    then: `undecided after ${times(starts)} in ${duration(lastMs)}`,
    incident,
    saidMs,
  };
}

/** A gateway that is ready may still be of no use to the first program. */
async function served(daemon: DaemonUnderTest, seen: Seen): Promise<Reacted> {
  const startMs = performance.now();
  const { code } = await daemon.place.rekindle([
    ...["exec", "--state-dir", daemon.place.stateDir, "--", "python", program("sum.py")],
  ]);
  const tookMs = performance.now() - startMs;
  const status = await daemon.status();
  const incident = seen.incident ?? status?.lastIncident ?? null;
  const ready = `ready after ${duration(seen.lastMs)}`;
  return code === 0
    ? { reaction: "serves", then: `${ready}, a program works`, incident, saidMs: seen.saidMs }
    : {
      reaction: "serves, but",
      then: `${ready}, but a program fails after ${duration(tookMs)}`,
      incident,
      saidMs: seen.saidMs,
    };
}

function times(starts: number): string {
  return starts === 1 ? "1 start" : `${starts} starts`;
}
