/**
 * Which faults does a gateway meet while it runs, and which verdict is right for each? The data of the drills.
 * @module
 */

import { join } from "@std/path";
import type { Place } from "../tests/real/rekindle.ts";
import type { StartOptions } from "./daemon_under_test.ts";
import { canFreeze, fill, Freezer, onSmallDisk, type Scene, withFreezer } from "./scene.ts";

/** What a strike has done. */
export interface Struck {
  /** On `performance.now()`. */
  readonly atMs: number;
  /** Some faults last until somebody removes their cause: this does, and returns the moment. */
  readonly relieve?: () => Promise<number>;
}

/** One fault. */
export interface RunningFault {
  readonly name: string;
  /** For the table. */
  readonly what: string;
  /** The classes of which any is right; `none` for no incident at all. */
  readonly expected: readonly string[];
  readonly start?: StartOptions;
  /** What the log has to say as well. */
  readonly says?: RegExp;
  /** Whether the gateway is none the worse for it, so that nothing need be noticed and no other one has to come. */
  readonly harmless?: true;
  /** When the cause is removed, for faults that last. */
  readonly relieveAfterMs?: number;
  /** Whether the machine allows it. */
  readonly possible?: () => boolean;
  /** What must be there before the daemon starts, and goes after it. */
  readonly around?: <T>(place: Place, work: () => Promise<T>) => Promise<T>;
  readonly strike: (scene: Scene) => Promise<Struck>;
}

/** A fault that `faults.py` brings about, whose program then stays attached or leaves. */
function provoked(kind: string, { leaves = false } = {}): RunningFault["strike"] {
  return async (scene) => {
    const trouble = await scene.provoke(kind);
    if (leaves) void trouble.leave();
    return { atMs: trouble.atMs };
  };
}

function signalled(signal: Deno.Signal): RunningFault["strike"] {
  return (scene) => Promise.resolve({ atMs: scene.signal(signal) });
}

/** Fills a small disk, and ends the JVM so that a new one has to be started there. */
function fullDisk(folderOf: (place: Place) => string): Omit<RunningFault, "name" | "what" | "expected"> {
  return {
    relieveAfterMs: 20_000,
    around: (place, work) => onSmallDisk(folderOf(place), "16m", work),
    strike: async (scene) => {
      const free = await fill(folderOf(scene.place));
      const atMs = scene.signal("SIGKILL");
      return {
        atMs,
        relieve: async () => {
          await free();
          return performance.now();
        },
      };
    },
  };
}

/** The table of faults. */
export const RUNNING_FAULTS: readonly RunningFault[] = [
  {
    name: "sigkill",
    what: "`kill -9` of the JVM",
    expected: ["killed-by-signal"],
    strike: signalled("SIGKILL"),
  },
  {
    name: "sigsegv",
    what: "SIGSEGV: the JVM crashes",
    expected: ["killed-by-signal"],
    strike: signalled("SIGSEGV"),
  },
  {
    name: "sigterm",
    what: "SIGTERM from outside",
    expected: ["killed-by-signal"],
    strike: signalled("SIGTERM"),
  },
  {
    name: "sigstop",
    what: "SIGSTOP: the JVM stands still",
    expected: ["process-stopped"],
    strike: signalled("SIGSTOP"),
  },
  {
    name: "frozen",
    what: "frozen by a control group (v1), thawed after 90 s",
    expected: ["unresponsive"],
    possible: canFreeze,
    around: withFreezer,
    // A frozen process keeps even SIGKILL waiting.
    relieveAfterMs: 90_000,
    strike: ({ place, gatewayPid }) => {
      const freezer = new Freezer(place);
      return Promise.resolve({
        atMs: freezer.freeze(gatewayPid),
        relieve: () => Promise.resolve(freezer.thaw()),
      });
    },
  },
  {
    name: "heap-oom-call",
    what: "heap full in a gateway call",
    expected: ["heap-oom"],
    strike: provoked("heap-oom-call"),
  },
  {
    name: "heap-oom-task",
    what: "heap full in a Spark task",
    expected: ["heap-oom"],
    strike: provoked("heap-oom-task"),
  },
  {
    name: "gc-spiral",
    what: "the heap stays full, all time goes into collections",
    expected: ["gc-overhead"],
    strike: provoked("gc-spiral"),
  },
  {
    name: "accept-thread",
    what: "Py4J's accept thread has ended, the program left",
    expected: ["accept-thread-dead"],
    strike: provoked("accept-thread", { leaves: true }),
  },
  {
    name: "scheduler-thread",
    what: "Spark's scheduler thread has ended",
    expected: ["scheduler-dead"],
    strike: provoked("scheduler-thread"),
  },
  {
    name: "deadlock",
    what: "two Java threads wait for each other",
    expected: ["deadlock"],
    strike: provoked("deadlock"),
  },
  {
    name: "poison",
    what: "an OutOfMemoryError ended a thread and not the JVM, the program left",
    expected: ["heap-oom", "array-size-oom"],
    // By itself the daemon has the JVM end at the first one.
    start: { args: ["--conf", "spark.driver.extraJavaOptions=-XX:-ExitOnOutOfMemoryError"] },
    strike: provoked("poison", { leaves: true }),
  },
  {
    name: "exit-0",
    what: "the program calls `System.exit(0)`",
    expected: ["clean-exit"],
    strike: provoked("exit-0"),
  },
  {
    name: "deaf",
    what: "`POST /v1/restart` of a JVM that ignores SIGTERM",
    expected: ["none"],
    strike: async (scene) => {
      await scene.provoke("exit-hook");
      const atMs = performance.now();
      await scene.daemon.post("restart");
      return { atMs };
    },
  },
  {
    name: "job-disk-full",
    what: "`spark.local.dir` is full under a job, which fails",
    expected: ["none", "disk-full"],
    harmless: true,
    start: { args: ["--conf", "spark.local.dir=local"] },
    around: (place, work) => onSmallDisk(join(place.folder, "local"), "16m", work),
    // It caches and shuffles some 400 MB.
    strike: async (scene) => ({ atMs: await scene.fail("heavy", "1") }),
  },
  {
    name: "state-disk-full",
    what: "`kill -9` while the disk of state, logs and runtime files is full; freed after 20 s",
    expected: ["killed-by-signal", "disk-full"],
    says: /No space left on device|disk is full|disk-full/i,
    ...fullDisk((place) => place.stateDir),
  },
  {
    name: "temp-disk-full",
    what: "`kill -9` while the disk of the temporary folder is full; freed after 20 s",
    expected: ["killed-by-signal", "disk-full"],
    ...fullDisk((place) => join(place.folder, "tmp")),
  },
];
