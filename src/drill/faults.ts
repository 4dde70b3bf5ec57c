/**
 * Which faults does a gateway meet while it runs, and what has to be made of each?
 * @module
 */

import { join } from "@std/path";
import { makeMemoryGroup } from "../runtime/memory_group.ts";
import { sendSignal } from "../runtime/signal.ts";
import type { Fault, Scene, Struck } from "./fault.ts";
import {
  bringAbout,
  exitJvm,
  fillDirectMemory,
  fillHeap,
  fillMetaspace,
  overflowStack,
  writeNowhere,
} from "./java_faults.ts";
import type { JavaFault } from "./java_faults.ts";
import { fillDisk, mountSmallDisk } from "./small_disk.ts";

/** Less than the heap it is told: the kernel has to step in. A daemon takes a tenth of it. */
const GROUP_BYTES = 900 * 2 ** 20;
const GROUP_LOOKS = 100, GROUP_LOOK_MS = 50;
/** How long the disk stays full, in milliseconds: a start or two fail. */
const FULL_MS = 10_000;

function signalled(signal: "SIGKILL" | "SIGSTOP"): Fault["strike"] {
  return ({ gatewayPid, scratch }) => {
    const atMs = scratch.runtime.clock.nowMs();
    sendSignal(gatewayPid, signal);
    return Promise.resolve({ atMs });
  };
}

/** A fault from inside takes a while to come about: it counts from the moment the calls fail. */
function called(fault: JavaFault): Fault["strike"] {
  return async ({ before, scratch }) => {
    const { runtime } = scratch;
    await bringAbout(fault, { ...runtime, status: before, folder: join(scratch.folder, "session") });
    return { atMs: runtime.clock.nowMs() };
  };
}

async function fullDisk({ gatewayPid, scratch }: Scene): Promise<Struck> {
  const { runtime } = scratch;
  const free = await fillDisk(scratch.stateDir, runtime);
  const atMs = runtime.clock.nowMs();
  sendSignal(gatewayPid, "SIGKILL");
  return {
    atMs,
    relieve: async () => {
      await runtime.clock.sleep(FULL_MS);
      await free();
    },
  };
}

/** Kills the next gateway too, as soon as it is seen to start. */
async function killTwice({ gatewayPid, scratch, daemon, before }: Scene): Promise<Struck> {
  const atMs = scratch.runtime.clock.nowMs();
  sendSignal(gatewayPid, "SIGKILL");
  const starting = await daemon.until(
    ({ phase, gateway, generation }) =>
      phase === "starting" && gateway.pid !== null && generation > before.generation,
    60_000,
  );
  const next = starting?.gateway.pid ?? null;
  scratch.note(next);
  if (next !== null) sendSignal(next, "SIGKILL");
  return { atMs };
}

/** Every fault of a running gateway, by its name. */
export const RUNNING_FAULTS = {
  "kill": {
    what: "kill -9 of the JVM",
    expected: ["killed-by-signal"],
    strike: signalled("SIGKILL"),
  },
  "hang": {
    what: "the JVM stands still (SIGSTOP)",
    expected: ["process-stopped"],
    strike: signalled("SIGSTOP"),
  },
  "heap": {
    what: "the heap is full (OutOfMemoryError)",
    expected: ["heap-oom"],
    strike: called(fillHeap),
  },
  "metaspace": {
    what: "no room for more classes",
    expected: ["metaspace-oom"],
    // As much as is usual takes a minute of processor time to fill.
    javaOptions: "-XX:MaxMetaspaceSize=96m",
    strike: called(fillMetaspace),
  },
  "direct-memory": {
    what: "a task asks for more direct memory than there may be",
    expected: ["direct-memory-oom"],
    strike: called(fillDirectMemory),
  },
  "stack": {
    what: "a task recurses too deep (StackOverflowError)",
    expected: ["stack-overflow"],
    strike: called(overflowStack),
  },
  "exit": {
    what: "a program calls System.exit(0)",
    expected: ["clean-exit"],
    strike: called(exitJvm),
  },
  "crash": {
    what: "the JVM crashes (segmentation fault, with an error report)",
    expected: ["jvm-crash-jit-or-vm"],
    strike: called(writeNowhere),
  },
  "oom-kill": {
    what: "the kernel kills the JVM for want of memory",
    expected: ["killed-by-oom-killer"],
    // A heap that is fixed is not made to fit the group.
    args: ["--conf", "spark.driver.memory=2g"],
    prepare: (scratch) => {
      const group = makeMemoryGroup(GROUP_BYTES);
      scratch.owe(async () => {
        // The kernel lets go of a group a moment after its last process.
        for (let look = 0; look < GROUP_LOOKS && !group.remove(); look++) {
          await scratch.runtime.clock.sleep(GROUP_LOOK_MS);
        }
      });
      return Promise.resolve(group.folder);
    },
    strike: called(fillHeap),
  },
  "full-disk": {
    what: "the JVM is killed while the disk of state and logs is full, for 10 s",
    expected: ["killed-by-signal", "disk-full"],
    prepare: async (scratch) => {
      scratch.owe(await mountSmallDisk(scratch.stateDir, "16m", scratch.runtime));
      return null;
    },
    strike: fullDisk,
  },
  "failed-start": {
    what: "the JVM is killed, and the next one as it starts",
    expected: ["killed-by-signal"],
    strike: killTwice,
  },
} as const satisfies Record<string, Fault>;
