/**
 * Deaths as HotSpot 8 to 25 and Spark 3.5 and 4.3 were seen to leave them.
 * @module
 */

import type { DeathEvidence } from "../../../src/core/diagnosis/exit_cause.ts";
import type { CauseClass, ExitStatus, Verdict } from "../../../src/core/verdict.ts";

/** What a gateway leaves besides its exit status. */
export interface Remains {
  readonly out?: readonly string[];
  readonly err?: readonly string[];
  readonly wasReady?: boolean;
  readonly intent?: DeathEvidence["intent"];
  readonly oomKills?: DeathEvidence["oomKills"];
}

/** An exit that is no signal death. */
export function code(number: number): ExitStatus {
  return { code: number, signal: null };
}

/** As Deno reports a death by signal 9. */
export const SIGKILL: ExitStatus = { code: 137, signal: "SIGKILL" };
const SIGABRT: ExitStatus = { code: 134, signal: "SIGABRT" };

const OOM = "java.lang.OutOfMemoryError: ";
const TASK = "ERROR Executor: Exception in task 0.0 in stage 0.0 (TID 0)";
const UNCAUGHT =
  "ERROR SparkUncaughtExceptionHandler: Uncaught exception in thread Thread[Executor task launch]";
const BANNER = ["#", "# A fatal error has been detected by the Java Runtime Environment:", "#"];

/** A death and what it was. */
export interface Row extends Remains {
  readonly exit: ExitStatus;
  readonly is: CauseClass;
  readonly sure: Verdict["confidence"];
}

/** Deaths as they were seen on HotSpot 8 to 25 and Spark 3.5 and 4.3. */
export const DEATHS: Readonly<Record<string, Row>> = {
  "heap, ExitOnOutOfMemoryError": {
    exit: code(3),
    out: [`Terminating due to ${OOM}Java heap space`],
    is: "heap-oom",
    sure: "certain",
  },
  "metaspace, ExitOnOutOfMemoryError": {
    exit: code(3),
    out: [`Terminating due to ${OOM}Metaspace`],
    err: [`Exception in thread "dag-scheduler-event-loop" ${OOM}Metaspace`],
    is: "metaspace-oom",
    sure: "certain",
  },
  "heap, CrashOnOutOfMemoryError": {
    exit: SIGABRT,
    out: [
      `Aborting due to ${OOM}Java heap space`,
      ...BANNER,
      "#  Internal Error (debug.cpp:362), pid=19227, tid=19228",
      "#  fatal error: OutOfMemory encountered: Java heap space",
    ],
    is: "heap-oom",
    sure: "certain",
  },
  "metaspace, CrashOnOutOfMemoryError": {
    exit: SIGABRT,
    out: [
      `Aborting due to ${OOM}Metaspace`,
      ...BANNER,
      "#  fatal error: OutOfMemory encountered: Metaspace",
    ],
    is: "metaspace-oom",
    sure: "certain",
  },
  "heap in a task": {
    exit: code(52),
    err: [TASK, `${OOM}Java heap space`, UNCAUGHT, `${OOM}Java heap space`],
    is: "heap-oom",
    sure: "certain",
  },
  "threads in a task": {
    exit: code(52),
    err: [TASK, `${OOM}unable to create native thread: possibly out of memory or process/resource limits`],
    is: "native-thread-oom",
    sure: "certain",
  },
  "stack in a task": {
    exit: code(50),
    err: [TASK, "java.lang.StackOverflowError", UNCAUGHT, "java.lang.StackOverflowError"],
    is: "stack-overflow",
    sure: "certain",
  },
  "a full disk, which Spark calls out of memory": {
    exit: code(52),
    err: [
      "org.apache.spark.memory.SparkOutOfMemoryError: error while calling spill(): No space left on device",
      `${OOM}Java heap space`,
    ],
    is: "disk-full",
    sure: "certain",
  },
  "no usable spark.local.dir": {
    exit: code(53),
    err: ["ERROR DiskBlockManager: Failed to create any local dir."],
    is: "permission-denied",
    sure: "certain",
  },
  "all ports of the user interface taken": {
    exit: code(1),
    err: [
      "WARN Utils: Service 'SparkUI' could not bind on port 4056. Attempting port 4057.",
      "ERROR SparkUI: Failed to bind SparkUI",
      "java.net.BindException: Address already in use: Service 'SparkUI' failed after 16 retries",
    ],
    is: "port-bind-failed",
    sure: "certain",
  },
  "a port of the driver's own taken, told to a program that went on": {
    exit: code(1),
    err: [
      "java.net.BindException: Address already in use: Service 'sparkDriver' failed after 16 retries",
    ],
    is: "port-bind-failed",
    sure: "likely",
  },
  "native memory": {
    exit: code(1),
    out: [
      "#",
      "# There is insufficient memory for the Java Runtime Environment to continue.",
      "# Native memory allocation (mmap) failed to map 32212254720 bytes for committing reserved memory.",
    ],
    err: ["os::commit_memory(0x1, 32212254720, 0) failed; error='Not enough space' (errno=12)"],
    is: "native-memory-oom",
    sure: "certain",
  },
  "a crash in native code, after a heap error that was survived": {
    exit: SIGABRT,
    out: [
      ...BANNER,
      "#  SIGSEGV (0xb) at pc=0x00007f0d, pid=77, tid=78",
      "# Problematic frame:",
      "# C  [libfoo.so+0x1234]  foo+0x10",
    ],
    err: [`Exception in thread "Thread-4" ${OOM}Java heap space`],
    is: "jvm-crash-native-library",
    sure: "certain",
  },
  "a crash in the VM": {
    exit: SIGABRT,
    out: [...BANNER, "# Problematic frame:", "# V  [libjvm.so+0xe5a5b0]  Unsafe_PutLong+0x110"],
    is: "jvm-crash-jit-or-vm",
    sure: "certain",
  },
  "a crash without core dump": { exit: code(1), out: BANNER, is: "jvm-crash-jit-or-vm", sure: "certain" },
  "SIGSEGV from outside": {
    exit: SIGABRT,
    out: [...BANNER, "#  SIGSEGV (0xb) at pc=0x00007f5c (sent by kill), pid=13195, tid=13196"],
    is: "killed-by-signal",
    sure: "certain",
  },
  "SIGABRT from outside": { exit: SIGABRT, is: "killed-by-signal", sure: "unsure" },
  "SIGTERM before HotSpot handles it": {
    exit: { code: 143, signal: "SIGTERM" },
    is: "killed-by-signal",
    sure: "certain",
  },
  "a handled SIGTERM": { exit: code(143), is: "killed-by-signal", sure: "likely" },
  "a handled SIGINT": { exit: code(130), is: "killed-by-signal", sure: "likely" },
  "a handled SIGHUP": { exit: code(129), is: "killed-by-signal", sure: "likely" },
  "OnOutOfMemoryError='kill %p'": {
    exit: code(143),
    out: ["#", `# java.lang.OutOfMemoryError: Java heap space`, '# -XX:OnOutOfMemoryError="kill %p"'],
    is: "heap-oom",
    sure: "certain",
  },
  "a heap error of JDK 21, whose reason is lost": {
    exit: code(1),
    err: ['Exception: java.lang.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread "main"'],
    is: "heap-oom",
    sure: "likely",
  },
  "System.exit(3) after an error that was survived": {
    exit: code(3),
    err: [
      `${OOM}Cannot reserve 1048576 bytes of direct buffer memory (allocated: 16777216, limit: 16777216)`,
    ],
    is: "unknown",
    sure: "unsure",
  },
  "System.exit(7) after an error that was survived": {
    exit: code(7),
    err: [`Exception in thread "Thread-9" ${OOM}Java heap space`],
    is: "unknown",
    sure: "unsure",
  },
  "System.exit(3)": { exit: code(3), is: "unknown", sure: "unsure" },
  "the end of standard input": { exit: code(0), is: "clean-exit", sure: "certain" },
  "the end of standard input, after errors that were survived": {
    exit: code(0),
    err: [`Exception in thread "Spark Context Cleaner" ${OOM}Java heap space`],
    is: "clean-exit",
    sure: "certain",
  },
  "an end before it began": { exit: code(0), wasReady: false, is: "unknown", sure: "unsure" },
  "System.exit(1)": { exit: code(1), is: "unknown", sure: "unsure" },
};
